import { commonOptions, type ConfigDefinition, type ConfigOf } from '@kakunin/runtime';
import { z } from 'zod';

const shape = {
  // The terminal is for the newcomer: the services' own lines go there only when something is wrong.
  logLevel: commonOptions.logLevel
    .removeDefault()
    .default('warn')
    .describe('How much is logged on the terminal.')
    .meta({ env: 'KAKUNIN_LOG_LEVEL' }),
  directory: z
    .string()
    .default('.kakunin')
    .describe('Where everything is kept: database, journal, published files, keys. One process at a time.'),
  sandbox: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      '`on` fills an empty database with the sandbox: authorities, certificates, a platform provider to call as.',
    ),
  postgresPort: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(0)
    .describe('Port of the embedded PostgreSQL on 127.0.0.1; 0 takes any free one.'),
};

/** What the one-process system reads beside the options of its services. */
export const settingsDefinition: ConfigDefinition<typeof shape> = {
  service: 'all-in-one',
  prefix: 'KAKUNIN_',
  schema: z.object(shape),
};

export type Settings = ConfigOf<typeof settingsDefinition>;
