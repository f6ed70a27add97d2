import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { ConfigDefinition, ConfigOf } from './config/define-config.ts';
import { rootModule, type RuntimeValues } from './root-module.ts';
import type { Service } from './service.ts';

/** The OpenAPI document of a service, from its routes and their zod schemas; nothing is started for it. */
export async function openApiOf<D extends ConfigDefinition>(service: Service<D>, config: ConfigOf<D>): Promise<object> {
  // A preview resolves what services inject from the runtime, and instantiates none of it.
  const root = rootModule(service.module(config), { config } as RuntimeValues);
  const app = await NestFactory.create(root, new FastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  // Hundreds of files, which no service that only runs has to read.
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  const document = new DocumentBuilder().setTitle(`Kakunin ${service.name}`).setVersion('1').build();
  return SwaggerModule.createDocument(app, document);
}
