import { defineConfig } from '@kakunin/runtime';
import type { ConfigOf } from '@kakunin/runtime';
import { z } from 'zod';
import { parseTrustedProxies } from './worker/trusted-proxies.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const count = z.coerce.number().int();
const seconds = count.positive();

/** Everything that the responder reads from its environment. */
export const config = defineConfig({
  service: 'ocsp-responder',
  prefix: 'KAKUNIN_OCSP_',
  managementPort: 9081,
  schema: z.object({
    workers: count
      .min(1)
      .max(64)
      .default(1)
      .describe(
        'Threads that answer, sharing the ports; one carries tens of thousands of cached answers a second, so count cores when that is not enough and leave one for the rest of the service. More than one needs SO_REUSEPORT (Linux).',
      ),
    mtlsHost: z
      .string()
      .default('127.0.0.1')
      .describe('Address of the mutual TLS listener; `0.0.0.0` serves other machines.'),
    mtlsPort: port.default(8443).describe('Port of the mutual TLS listener, which platform providers call.'),
    tlsCertificateFile: z
      .string()
      .describe('PEM certificate chain of the mutual TLS listener, for the name that callers use.'),
    tlsKeyFile: z.string().describe('PEM private key of that certificate; readable by the responder alone.'),
    plainHost: z
      .string()
      .default('127.0.0.1')
      .describe('Address of the plain listener; keep it on the loopback, or on a network of trusted proxies alone.'),
    plainPort: port
      .default(8081)
      .describe('Port of the plain listener; closed unless the plain caller or trusted proxies are set.'),
    plainCaller: z
      .string()
      .optional()
      .describe(
        'Code of the platform provider that calls on the plain port count for; set it only for a sandbox or behind a proxy that checks callers. `anonymous`: they count for nobody, and only authorities that are open to anonymous callers are answered for.',
      ),
    trustedProxies: z
      .string()
      .refine(
        (text) => parseTrustedProxies(text) !== undefined,
        'must be addresses or CIDR blocks, separated by commas',
      )
      .optional()
      .describe(
        'Addresses or CIDR blocks, separated by commas, from where the header `Client-Cert` on the plain port says which client certificate a proxy has verified the possession of (RFC 9440, or `$ssl_client_escaped_cert` of nginx); from elsewhere it is ignored.',
      ),
    callerRequestsPerSecond: count
      .min(0)
      .default(0)
      .describe(
        'Requests that one caller may make in a second, over all workers; more get tryLater. Twice its usual peak is plenty; 0 sets no limit.',
      ),
    callerConnections: count
      .min(0)
      .default(4_096)
      .describe(
        'Connections that one caller may hold on the mutual TLS port, over all workers; those beyond are refused and closed. 0 sets no limit.',
      ),
    dataDirectory: z
      .string()
      .default('.kakunin/ocsp-responder')
      .describe('Usage journal and status snapshot of this responder alone; a local disk with a fast fdatasync.'),
    journalIdleSealSeconds: seconds
      .default(60)
      .describe(
        'How often a usage journal that nothing is added to says that it is complete up to now; no month can be closed before every journal has said so, and soon after a month ends each does.',
      ),
    digestKeysDirectory: z
      .string()
      .optional()
      .describe(
        'Holds `<year>.key`, under which usage names certificates: the same directory for all responders of an installation, with keys made by `kakunin billing digest-key create`. Default: one of this responder alone in the data directory, which makes its keys itself.',
      ),
    digestKeysKeptDays: count
      .min(0)
      .default(180)
      .describe(
        'Days after the end of its year (JST) that a digest key is destroyed; as long as somebody may object to a bill of that year.',
      ),
    receipts: z
      .stringbool()
      .default(true)
      .describe(
        'Whether each metered answer bears a receipt (header `Kakunin-Receipt`), with which the payer checks its bill; off saves 2 µs an answer and half the payer’s proof.',
      ),
    ledgerOperator: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,62}$/)
      .default('kakunin')
      .describe('Name of the operator in the names of ledgers; the same as KAKUNIN_BILLING_LEDGER_OPERATOR. For ever.'),
    signersDirectory: z
      .string()
      .default('.kakunin/ocsp-responder/signers')
      .describe(
        'Holds `<authorityId>/key.pem` and `certificate.pem`, and perhaps `policy.json` (docs/reference/signing-keys.md); replaced files are taken up without a restart.',
      ),
    sealingKeysDirectory: z
      .string()
      .optional()
      .describe(
        'Holds `<authorityId>/sealing-<version>.key` of authorities whose serial numbers are sealed; default: the signers directory.',
      ),
    signingQueueLimit: count
      .min(1)
      .default(2_000)
      .describe(
        'Requests that wait for a signature in one worker; more get tryLater at once. A second’s worth is plenty.',
      ),
    signingLimitMilliseconds: count
      .min(100)
      .default(2_000)
      .describe('How long a key in a device (PKCS#11) may take for one signature; the request gets tryLater then.'),
    answerValiditySeconds: seconds
      .default(900)
      .describe(
        'From thisUpdate to nextUpdate: how long a caller may rely on an answer, so how late a revocation may reach it.',
      ),
    cachedAnswerSeconds: seconds
      .default(60)
      .describe('Age up to which a signed answer without nonce is used again; well below the answer validity.'),
    cachedAnswers: count
      .min(0)
      .default(10_000)
      .describe(
        'Signed answers that each worker keeps for requests without nonce, about 2 kB each; 0 signs every answer.',
      ),
    requestSizeLimitBytes: count
      .min(1_024)
      .default(65_536)
      .describe('Largest request body; a message with 16 requests takes about 2 kB.'),
    requestsPerMessage: count
      .min(1)
      .max(256)
      .default(16)
      .describe('Certificates that one message may ask about; more are a malformed request.'),
    statusMaxAgeSeconds: seconds
      .default(60)
      .describe(
        'Status data older than this answers tryLater; above the seconds that a restart of the registry takes.',
      ),
    neverIssued: z
      .enum(['unknown', 'revoked'])
      .default('unknown')
      .describe(
        'What is said about a serial number that was never issued; `revoked` for clients that take unknown as fine.',
      ),
  }),
});

export type OcspConfig = ConfigOf<typeof config>;
