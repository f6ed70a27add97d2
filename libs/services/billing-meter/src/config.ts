import { type ConfigOf, defineConfig } from '@kakunin/runtime';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

export const billingMeterConfig = defineConfig({
  service: 'billing-meter',
  prefix: 'KAKUNIN_BILLING_',
  managementPort: 9084,
  schema: z.object({
    databaseUrl: z
      .url()
      .describe('PostgreSQL database of the billing meter alone; its owner must be this user, who migrates it.')
      .meta({ secret: true }),
    apiHost: z
      .string()
      .default('127.0.0.1')
      .describe('Address of the API; open it to the networks of finance and customers.'),
    apiPort: port.default(8444).describe('Port of the API over mutual TLS; 0 takes any free one.'),
    apiCertificateFile: z
      .string()
      .describe('PEM certificate chain of the API, for the name under which callers reach it.'),
    apiKeyFile: z.string().describe('PEM private key of the API; readable by the service only.'),
    signingKeyFile: z
      .string()
      .describe(
        'PEM Ed25519 key that signs statements, invoices and exports: `openssl genpkey -algorithm ed25519`. Keep a copy: what was issued is signed with it for ever.',
      ),
    operatorCertificateFile: z
      .string()
      .optional()
      .describe('PEM certificates of the operator who may call before anybody is registered; leave it out afterwards.'),
    usageEventMaxAgeDays: z.coerce
      .number()
      .int()
      .min(1)
      .max(3_650)
      .default(400)
      .describe('Oldest usage that platform providers may still report; long enough for a year to be made good.'),
    statusHost: z.string().default('127.0.0.1').describe("Address of the plain listener; the status page's network."),
    statusPort: port
      .optional()
      .describe('Port of a plain listener for the public counts of today (`/usage/today`); without it there is none.'),
  }),
});

export type BillingMeterConfig = ConfigOf<typeof billingMeterConfig>;
