import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { LinkageError } from './linkage-error.ts';

/**
 * What the registry said at an identification, as the service provider keeps it. It names the person by the ppid alone:
 * the evidence of two service providers has nothing in common.
 */
export const identificationStatementSchema = z.strictObject({
  /** Registry that said so. */
  iss: z.string(),
  /** Code of the service provider to whom it was said. */
  aud: z.string(),
  /** Code of the platform provider that asked. */
  azp: z.string(),
  /** The ppid. */
  sub: z.string(),
  /** Epoch seconds (RFC 7519, 2). */
  iat: z.int(),
  purpose: z.string(),
  /** `possession`: the person's key signed; `check`: the platform provider has checked the certificate, no more. */
  proof: z.enum(['possession', 'check']),
  /** SHA-256 of what was signed (a challenge's message), or the nonce of the check; base64url. It binds this to what the parties kept. */
  proofHash: z.string(),
  status: z.enum(['good', 'revoked', 'held', 'usable', 'not_usable']),
  /** Epoch ms; absent where the policy does not let it be said. */
  since: z.int().optional(),
  succeeded: z.boolean(),
  /** Hash of the entry of the audit log, base64url: whoever keeps this can show that the entry was there. */
  auditHash: z.string(),
});
export type IdentificationStatement = z.infer<typeof identificationStatementSchema>;

const TYPE = 'kakunin-identification+jwt';
const headerSchema = z.object({ alg: z.literal('EdDSA'), typ: z.literal(TYPE), kid: z.string() });
const LONGEST = 10_000;

/** Names a key: SHA-256 of its SubjectPublicKeyInfo, the first 16 octets in hex. */
export const evidenceKeyId = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex')
    .slice(0, 32);

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** @param key Ed25519 @returns a JWS in compact form (RFC 7515, RFC 8037) */
export function signEvidence(
  statement: IdentificationStatement,
  key: { keyId: string; privateKey: KeyObject },
): string {
  const signed = `${part({ alg: 'EdDSA', typ: TYPE, kid: key.keyId })}.${part(statement)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key.privateKey).toString('base64url')}`;
}

/**
 * Reads evidence and verifies that the registry signed it.
 * @param keys the registry's Ed25519 public keys, today's and earlier ones
 * @throws LinkageError `evidence_invalid`
 */
export function openEvidence(evidence: string, keys: readonly KeyObject[]): IdentificationStatement {
  const [header = '', payload = '', signature = '', ...more] = evidence.length > LONGEST ? [] : evidence.split('.');
  const known = headerSchema.safeParse(parse(header));
  const statement = identificationStatementSchema.safeParse(parse(payload));
  const key = keys.find((each) => evidenceKeyId(each) === known.data?.kid);
  if (!key || !statement.success || more.length > 0) throw invalid();
  const octets = Buffer.from(signature, 'base64url');
  if (octets.toString('base64url') !== signature || !verify(null, Buffer.from(`${header}.${payload}`), key, octets))
    throw invalid();
  return statement.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown;
  } catch {
    return undefined;
  }
}

const invalid = (): LinkageError =>
  new LinkageError('evidence_invalid', 'This is no evidence that the registry has signed with one of these keys.');
