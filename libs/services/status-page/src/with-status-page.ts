import type { ConfigDefinition, ConfigOf, Service } from '@kakunin/runtime';
import { z } from 'zod';
import { type StatusPageConfig, statusPageOptions } from './config.ts';
import { StatusPageModule } from './status-page.module.ts';

class ServiceWithStatusPage {}

type WithOptions<D> =
  D extends ConfigDefinition<infer Shape> ? ConfigDefinition<Shape & typeof statusPageOptions> : never;

/** A service that shows the public page at `/` on its own listeners; its options gain those of the page. */
export function withStatusPage<D extends ConfigDefinition>(service: Service<D>): Service<WithOptions<D>> {
  const schema = z.object({ ...service.config.schema.shape, ...statusPageOptions });
  const own = (config: unknown): ConfigOf<D> => config as ConfigOf<D>;
  return {
    name: service.name,
    config: { ...service.config, schema } as unknown as WithOptions<D>,
    listeners: (config) => service.listeners(own(config)),
    ...(service.host && { host: service.host }),
    module: (config) => ({
      module: ServiceWithStatusPage,
      imports: [service.module(own(config)), StatusPageModule.register(config as unknown as StatusPageConfig)],
    }),
  };
}
