import { z } from 'zod';

/** How answers about one authority's certificates are made. An object is never changed: a new policy is another one. */
export interface AuthorityPolicy {
  /** What is said of a serial number that was never issued (RFC 6960, 2.2). */
  readonly neverIssued: 'unknown' | 'revoked';
  /** A request that is not signed gets `sigRequired`. */
  readonly requireSignedRequests: boolean;
  /** Each `SingleResponse` says the hash of the certificate as well (Common PKI, CertHash), where it is known. */
  readonly certHash: boolean;
  /** How long after their end certificates are answered: archiveCutoff is producedAt less this (RFC 6960, 4.4.4). */
  readonly archiveCutoffSeconds: number | undefined;
  /** How the responder is named: by the hash of its key or by its subject name (RFC 6960, 4.2.1). */
  readonly responderId: 'key' | 'name';
  /** From thisUpdate to nextUpdate. */
  readonly answerValiditySeconds: number;
  /** Whoever asks is answered, without a client certificate and without charge. */
  readonly anonymous: boolean;
  /** A delegated responder certificate must hold id-pkix-ocsp-nocheck (RFC 6960, 4.2.2.2.1). */
  readonly requireNoCheck: boolean;
}

const seconds = z.int().positive();

/** What `policy.json` may say; the rest comes from the service's configuration. */
const policyFile = z.strictObject({
  neverIssued: z.enum(['unknown', 'revoked']).optional(),
  requireSignedRequests: z.boolean().optional(),
  certHash: z.boolean().optional(),
  archiveCutoffSeconds: seconds.optional(),
  responderId: z.enum(['key', 'name']).optional(),
  answerValiditySeconds: seconds.optional(),
  anonymous: z.boolean().optional(),
  requireNoCheck: z.boolean().optional(),
});

/** What holds where neither the file nor the service's configuration says anything. */
export const DEFAULT_POLICY: AuthorityPolicy = {
  neverIssued: 'unknown',
  requireSignedRequests: false,
  certHash: false,
  archiveCutoffSeconds: undefined,
  responderId: 'key',
  answerValiditySeconds: 900,
  anonymous: false,
  requireNoCheck: true,
};

/** The policy that a file makes of the defaults, or what is wrong with the file: keys by name, never their values. */
export type ReadPolicy =
  | { readonly policy: AuthorityPolicy; readonly problem?: undefined }
  | { readonly policy?: undefined; readonly problem: string };

export function readPolicy(json: string, defaults: AuthorityPolicy): ReadPolicy {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch {
    return { problem: 'it is no JSON' };
  }
  const read = policyFile.safeParse(content);
  if (!read.success) return { problem: read.error.issues.map(describe).join('; ') };
  const given = Object.entries(read.data).filter(([, value]) => value !== undefined);
  return { policy: { ...defaults, ...Object.fromEntries(given) } };
}

const describe = ({ path, message }: z.core.$ZodIssue): string =>
  path.length > 0 ? `${path.join('.')}: ${message}` : message;
