import { objectStoreUrl } from '@kakunin/object-store';
import { type ConfigOf, defineConfig } from '@kakunin/runtime';
import { parseRegistrationNumber } from '@kakunin/billing';
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
    storeUrl: objectStoreUrl
      .default('file:.kakunin/billing')
      .describe(
        'Where the raw usage and the ledgers lie: `file:<directory>` or `s3://<bucket>/<prefix>?endpoint=<URL>&region=<region>` with credentials in the usual `AWS_…` variables. Meters of one database share it; it is backed up with that.',
      ),
    firstCheckRetentionDays: z.coerce
      .number()
      .int()
      .min(1)
      .default(180)
      .describe(
        'Days after the end of a month or year for which first checks of it are remembered, and after a year the key that tells its certificates apart: the objection period. Usage that arrives later counts each certificate as a first check.',
      ),
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
    ledgerKeyFile: z
      .string()
      .describe(
        'PEM Ed25519 keys that sign the checkpoints of usage ledgers; each of them signs. To change keys, put the new one beside the old one, hand out its verifier key, then retire the old one.',
      ),
    ledgerRetiredKeysFile: z
      .string()
      .optional()
      .describe('PEM public keys that no longer sign, until every ledger has a checkpoint of a new one.'),
    ledgerOperator: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,62}$/)
      .default('kakunin')
      .describe('Name of the operator in the names of ledgers; the same as KAKUNIN_OCSP_LEDGER_OPERATOR. For ever.'),
    ledgerIntervalSeconds: z.coerce
      .number()
      .min(0.05)
      .max(3_600)
      .default(60)
      .describe('How often usage goes into the ledgers; each time costs about ten small files a customer.'),
    operatorCertificateFile: z
      .string()
      .optional()
      .describe('PEM certificates of the operator who may call before anybody is registered; leave it out afterwards.'),
    issuerName: z
      .string()
      .default('')
      .describe(
        'Who bills, as its invoices have to name it (適格請求書発行事業者). Without it no month can be closed.',
      ),
    issuerNameEn: z.string().default('').describe('The same for readers of English.'),
    issuerAddress: z.string().default('').describe('Its address, as invoices show it.'),
    issuerRegistrationNumber: z
      .string()
      .default('')
      .refine((text) => text === '' || parseRegistrationNumber(text) !== undefined, 'is not `T` and 13 digits that fit')
      .describe('登録番号 of the issuer: `T` and its 13 digits. Without it no month can be closed.'),
    taxRounding: z
      .enum(['floor', 'round', 'ceil'])
      .default('floor')
      .describe('切捨て, 四捨五入 or 切上げ of consumption tax, once a rate and statement; stay with what was chosen.'),
    closingIntervalSeconds: z.coerce
      .number()
      .min(0.05)
      .max(3_600)
      .default(30)
      .describe('How often a month that is closing is tried again; what it waits for comes within minutes.'),
    usageEventMaxAgeDays: z.coerce
      .number()
      .int()
      .min(1)
      .max(3_650)
      .default(400)
      .describe('Oldest usage that platform providers may still report; long enough for a year to be made good.'),
    usageRetentionYears: z.coerce
      .number()
      .int()
      .min(9)
      .max(100)
      .default(12)
      .describe(
        'Years for which raw usage records and counts by the minute cannot be removed: 10 years of books (会社法 432条), or 7 for tax, begin with the return for the year of the usage, up to two years after it. Nothing is removed by itself.',
      ),
    statusHost: z.string().default('127.0.0.1').describe("Address of the plain listener; the status page's network."),
    statusPort: port
      .optional()
      .describe('Port of a plain listener for the public counts of today (`/usage/today`); without it there is none.'),
  }),
});

export type BillingMeterConfig = ConfigOf<typeof billingMeterConfig>;
