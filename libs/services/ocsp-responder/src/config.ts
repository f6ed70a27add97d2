import { defineConfig } from '@kakunin/runtime';
import type { ConfigOf } from '@kakunin/runtime';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const seconds = z.coerce.number().int().positive();

/** Everything that the responder reads from its environment. */
export const config = defineConfig({
  service: 'ocsp-responder',
  prefix: 'KAKUNIN_OCSP_',
  managementPort: 9081,
  schema: z.object({
    mtlsHost: z
      .string()
      .default('127.0.0.1')
      .describe('Address of the mutual TLS listener; `0.0.0.0` serves other machines.'),
    mtlsPort: port.default(8443).describe('Port of the mutual TLS listener, which platform providers call.'),
    tlsCertificateFile: z
      .string()
      .describe('PEM certificate chain of the mutual TLS listener, for the name that callers use.'),
    tlsKeyFile: z.string().describe('PEM private key of that certificate; readable by the responder alone.'),
    plainHost: z.string().default('127.0.0.1').describe('Address of the plain listener; keep it on the loopback.'),
    plainPort: port.default(8081).describe('Port of the plain listener; closed unless the plain caller is set.'),
    plainCaller: z
      .string()
      .optional()
      .describe(
        'Code of the platform provider that calls on the plain port count for; set it only for a sandbox or behind a proxy.',
      ),
    dataDirectory: z
      .string()
      .default('.kakunin/ocsp-responder')
      .describe('Usage journal and status snapshot of this responder alone; a local disk with a fast fdatasync.'),
    signersDirectory: z
      .string()
      .default('.kakunin/ocsp-responder/signers')
      .describe('Holds `<authorityId>/key.pem` and `certificate.pem`; replaced files are taken up without a restart.'),
    answerValiditySeconds: seconds
      .default(900)
      .describe(
        'From thisUpdate to nextUpdate: how long a caller may rely on an answer, so how late a revocation may reach it.',
      ),
    cachedAnswerSeconds: seconds
      .default(60)
      .describe('Age up to which a signed answer without nonce is used again; well below the answer validity.'),
    cachedAnswers: z.coerce
      .number()
      .int()
      .min(0)
      .default(10_000)
      .describe('Signed answers kept for requests without nonce, about 2 kB each; 0 signs every answer.'),
    requestSizeLimitBytes: z.coerce
      .number()
      .int()
      .min(1_024)
      .default(65_536)
      .describe('Largest request body; a message with 16 requests takes about 2 kB.'),
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
