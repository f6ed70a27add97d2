import { CLOSED_CALLS } from '@kakunin/linkage';
import { type ConfigOf, defineConfig } from '@kakunin/runtime';
import { z } from 'zod';

export const linkageRegistryConfig = defineConfig({
  service: 'linkage-registry',
  prefix: 'KAKUNIN_REGISTRY_',
  managementPort: 9082,
  schema: z.object({
    databaseUrl: z
      .url()
      .describe('PostgreSQL database of the registry alone; its owner must be this user, who migrates it.')
      .meta({ secret: true }),
    rootKeyFile: z
      .string()
      .describe(
        'File with the root key, 32 octets in hex or base64: `openssl rand -hex 32`. Keep a copy apart: without it every person is lost.',
      ),
    previousRootKeyFile: z
      .string()
      .optional()
      .describe(
        'While the root key is changed: the one before, so that its data keys are wrapped under the new one as well. Leave it out afterwards.',
      ),
    apiHost: z
      .string()
      .default('127.0.0.1')
      .describe('Address of the API; open it to the networks of CAs and PF providers.'),
    apiPort: z.coerce
      .number()
      .int()
      .min(0)
      .max(65_535)
      .default(8_445)
      .describe('Port of the API over mutual TLS; 0 takes any free one.'),
    apiCertificateFile: z
      .string()
      .describe('PEM certificate chain of the API, for the name under which callers reach it.'),
    apiKeyFile: z.string().describe('PEM private key of the API; readable by the service only.'),
    operatorCertificateFile: z
      .string()
      .optional()
      .describe('PEM certificates of the operator who registers the first relying parties; leave it out afterwards.'),
    sealingKeysDirectory: z
      .string()
      .optional()
      .describe(
        'Holds `<authority id>/sealing-<version>.key` of authorities whose serial numbers are allotted here, as responders and publisher have them; default: none are.',
      ),
    openedCalls: z
      .string()
      .default('')
      .transform((text) => text.split(',').filter((call) => call !== ''))
      .pipe(z.array(z.enum([...CLOSED_CALLS])))
      .describe(
        'Calls that are closed unless they are named here, with commas between: `receive_serial_number`, `match_in_bulk`. Open one only on the legal ground that docs/reference/roles.md names.',
      ),
    challengeLifetimeSeconds: z.coerce
      .number()
      .int()
      .positive()
      .default(300)
      .describe('How long a challenge may be answered; a person has to find a card and type a PIN in that time.'),
    checkLifetimeSeconds: z.coerce
      .number()
      .int()
      .positive()
      .max(3_600)
      .default(300)
      .describe('How long ago an OCSP check may have been that stands for a proof, where a policy takes one.'),
    callsPerHour: z.coerce
      .number()
      .int()
      .positive()
      .default(360_000)
      .describe(
        'Identifications that a caller may ask for in an hour, unless it has a limit of its own; twice what the busiest needs.',
      ),
    personsPerDay: z.coerce
      .number()
      .int()
      .positive()
      .default(500_000)
      .describe(
        'Different persons that a caller may ask about on a day, unless it has a limit of its own: what a stolen credential can learn.',
      ),
    newsIntervalSeconds: z.coerce
      .number()
      .positive()
      .max(60)
      .default(1)
      .describe(
        'How often news is looked for and webhooks are sent; shorter is sooner, at one look at the database each.',
      ),
    newsRetentionDays: z.coerce
      .number()
      .int()
      .min(5)
      .max(400)
      .default(30)
      .describe('How long linkage events can be read again; longer than any service provider may be out of order.'),
    webhookFailingDays: z.coerce
      .number()
      .positive()
      .max(30)
      .default(5)
      .describe('After how long an endpoint that takes nothing is disabled; longer than a long weekend.'),
    webhookLoopback: z
      .stringbool()
      .default(false)
      .describe('Lets webhooks go to this machine, over plain HTTP too: for development only.'),
  }),
});

export type LinkageRegistryConfig = ConfigOf<typeof linkageRegistryConfig>;
