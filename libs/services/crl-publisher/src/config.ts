import type { PublicationTiming } from '@kakunin/publication';
import { objectStoreUrl } from '@kakunin/object-store';
import { type ConfigOf, defineConfig } from '@kakunin/runtime';
import { z } from 'zod';
import { OPENABLE_CALLS } from './evidence/publisher-calls.ts';

const seconds = (from: number, to: number): z.ZodCoercedNumber => z.coerce.number().int().min(from).max(to);

const DAY = 86_400;

export const crlPublisherConfig = defineConfig({
  service: 'crl-publisher',
  prefix: 'KAKUNIN_CRL_',
  managementPort: 9083,
  schema: z.object({
    publicHost: z.string().default('127.0.0.1').describe('Address of the public listener; `0.0.0.0` behind a CDN.'),
    publicPort: z.coerce
      .number()
      .int()
      .min(0)
      .max(65_535)
      .default(8083)
      .describe('Port of the public listener: CRLs and the status page, plain HTTP, because CRLs are signed.'),
    servingMemoryMebibytes: z.coerce
      .number()
      .int()
      .min(0)
      .max(65_536)
      .default(256)
      .describe(
        'Memory for the files that are asked for most; a file above a quarter of it is streamed. Four times the largest partition at least; 0 behind a CDN.',
      ),
    databaseUrl: z
      .url()
      .describe('Database of the CRL numbers, `postgresql://user:password@host:port/kakunin_crl_publisher`.')
      .meta({ secret: true }),
    storeUrl: objectStoreUrl
      .default('file:.kakunin/published')
      .describe(
        'Where published files lie: `file:<directory>`, which a web server may serve as it is, or `s3://<bucket>/<prefix>?endpoint=<URL>&region=<region>` with credentials in the usual `AWS_…` variables. Several publishers may share it.',
      ),
    signersDirectory: z
      .string()
      .default('.kakunin/crl-signers')
      .describe(
        'Holds `<authority id>/key.pem` (or `pkcs11.json`) and `certificate.pem` for each authority; read again when they change.',
      ),
    apiHost: z.string().default('127.0.0.1').describe('Address of the API; open it to whoever may ask for evidence.'),
    apiPort: z.coerce
      .number()
      .int()
      .min(0)
      .max(65_535)
      .default(8_446)
      .describe('Port of the API over mutual TLS: evidence and audits of the archive.'),
    apiCertificateFile: z
      .string()
      .optional()
      .describe('PEM certificate chain of the API; without it there is no API, and nobody can ask for evidence.'),
    apiKeyFile: z.string().optional().describe('PEM private key of the API; readable by the service only.'),
    operatorCertificateFile: z
      .string()
      .optional()
      .describe('PEM certificates of the operator, as of the registry; leave it out when one is registered.'),
    openedCalls: z
      .string()
      .default('')
      .transform((text) => text.split(',').filter((call) => call !== ''))
      .pipe(z.array(z.enum(OPENABLE_CALLS)))
      .describe(
        'Calls that are open to platform providers, with commas between: `ask_evidence`. Only on the legal ground that docs/reference/roles.md names.',
      ),
    tsaUrl: z
      .url()
      .optional()
      .describe(
        'Time-stamping authority (RFC 3161 over HTTP) whose timestamps go with evidence; without it there are none.',
      ),
    manifestKeyFile: z
      .string()
      .describe(
        'PEM Ed25519 key that signs the manifest and the blind lists: `openssl genpkey -algorithm ed25519`. Publishers that share a store share it; its public half is `/crl/manifest.pub.pem`.',
      ),
    filesKeptDays: z.coerce
      .number()
      .int()
      .min(1)
      .max(36_500)
      .default(30)
      .describe(
        'How long the files of a CRL stay after it was published, the newest ever; then only its archive record stays, for ever, of which it is made again for whoever asks.',
      ),
    sealingKeysDirectory: z
      .string()
      .optional()
      .describe(
        'Holds `<authority id>/sealing-<version>.key` of authorities whose serial numbers are sealed; default: the signers directory.',
      ),
    snapshotDirectory: z
      .string()
      .default('.kakunin/crl-publisher/status')
      .describe('Where the status data is kept over a restart; a local disk, one directory for each process.'),
    periodSeconds: seconds(1, 7 * DAY)
      .default(3_600)
      .describe('From one scheduled CRL to the next; caches keep a CRL for this long.'),
    validitySeconds: seconds(2, 90 * DAY)
      .default(DAY)
      .describe('From thisUpdate to nextUpdate; at least period + overlap + greatest age of the status data.'),
    overlapSeconds: seconds(0, 30 * DAY)
      .default(DAY / 2)
      .describe(
        'How long the last CRL still holds when the next is late: the time that you need to repair a publisher.',
      ),
    revocationDelayMilliseconds: z.coerce
      .number()
      .int()
      .min(0)
      .max(3_600_000)
      .default(2_000)
      .describe(
        'The longest wait from a revocation to the start of the CRL that shows it; longer gathers more in one CRL.',
      ),
    profilesFile: z
      .string()
      .optional()
      .describe(
        'JSON: how the CRLs of which authority are published (partitions, deltas, times), where that is not as for all; see docs/reference/crl.md. Read at start.',
      ),
    patchPredecessors: z.coerce
      .number()
      .int()
      .min(0)
      .max(1_000)
      .default(8)
      .describe(
        'From so many of the newest predecessors patches to each complete CRL are made, for who comes often; 0 and `KAKUNIN_CRL_PATCH_HOURS=0`: none.',
      ),
    patchHours: z.coerce
      .number()
      .int()
      .min(0)
      .max(24 * 90)
      .default(25)
      .describe(
        'And from the scheduled ones of so many hours, for who comes once a day. A patch of a CRL of 49 MB takes two seconds of a core, and 70 kB.',
      ),
    patchMaximumBytes: z.coerce
      .number()
      .int()
      .min(0)
      .max(2 ** 27)
      .default(2 ** 27)
      .describe(
        'No patches of larger CRLs: making one takes about eight times as much memory, and clients need not go beyond 128 MiB (RFC 9842).',
      ),
    blindListAuthorities: z
      .string()
      .default('')
      .transform((ids) =>
        ids
          .split(',')
          .map((id) => id.trim())
          .filter((id) => id !== ''),
      )
      .describe(
        'Ids of the authorities that have a blind revocation list, with commas; they must be registered with `certHash`. Of an authority with a hundred certificates the size of a list tells too much: see docs/explanation/blind-list.md.',
      ),
    blindListPeriodSeconds: seconds(1, 30 * DAY)
      .default(DAY)
      .describe(
        'From one blind list to the next. Each reads every certificate: 20 seconds of a core for 20 million; and each tells collectors of certificates when one was revoked.',
      ),
    blindListValiditySeconds: seconds(2, 90 * DAY)
      .default(3 * DAY)
      .describe('How long a blind list may be relied upon; longer than the period by the time to repair a publisher.'),
    blindListAllowanceSeconds: seconds(0, 30 * DAY)
      .default(3_600)
      .describe(
        'A list covers certificates whose notBefore lies so long before it: as long as it may take from notBefore to the registration.',
      ),
    blindListDeltas: z.coerce
      .number()
      .int()
      .min(0)
      .max(1_000)
      .default(6)
      .describe('Deltas after a full list, before the next full one; 0: full lists only.'),
    statusMaximumAgeSeconds: seconds(1, DAY)
      .default(60)
      .describe('No CRL is made of status data older than this; above the usual delay of the event log.'),
  }),
});
export type CrlPublisherConfig = ConfigOf<typeof crlPublisherConfig>;

export const timingOf = (config: CrlPublisherConfig): PublicationTiming => ({
  period: config.periodSeconds * 1_000,
  validity: config.validitySeconds * 1_000,
  overlap: config.overlapSeconds * 1_000,
  debounce: config.revocationDelayMilliseconds,
  maximumDataAge: config.statusMaximumAgeSeconds * 1_000,
});
