import { createHmac, createPrivateKey, createPublicKey, sign, timingSafeEqual, verify } from 'node:crypto';
import { WebhooksError } from './webhooks-error.ts';

/** Signs and verifies what one party sends the other. */
export interface WebhookVerifier {
  /** `v1`: HMAC-SHA-256; `v1a`: Ed25519. */
  readonly scheme: 'v1' | 'v1a';
  verify(content: Uint8Array, signature: Uint8Array): boolean;
}

export interface WebhookSigner extends WebhookVerifier {
  sign(content: Uint8Array): Uint8Array;
}

const SECRET_PREFIX = 'whsec_';
const PRIVATE_PREFIX = 'whsk_';
const PUBLIC_PREFIX = 'whpk_';
const SHORTEST_SECRET = 24;
const LONGEST_SECRET = 64;
const ED25519_OCTETS = 32;
/** All of a PKCS #8 or SPKI structure before the 32 octets of an Ed25519 key (RFC 8410, 7 and 4). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** @param random 24 to 64 octets from a cryptographic source @returns `whsec_` and base64 @throws WebhooksError `key_invalid` */
export function webhookSecretOf(random: Uint8Array): string {
  if (random.length < SHORTEST_SECRET || random.length > LONGEST_SECRET) throw keyInvalid();
  return `${SECRET_PREFIX}${Buffer.from(random).toString('base64')}`;
}

/** @param random 32 octets @returns `whsk_` and `whpk_` with base64 @throws WebhooksError `key_invalid` */
export function webhookKeyPairOf(random: Uint8Array): { readonly privateKey: string; readonly publicKey: string } {
  if (random.length !== ED25519_OCTETS) throw keyInvalid();
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, random]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    privateKey: `${PRIVATE_PREFIX}${Buffer.from(random).toString('base64')}`,
    publicKey: `${PUBLIC_PREFIX}${spki.subarray(SPKI.length).toString('base64')}`,
  };
}

/** @param text `whsec_…` (HMAC-SHA-256) or `whsk_…` (Ed25519) @throws WebhooksError `key_invalid` */
export function webhookSigner(text: string): WebhookSigner {
  if (!text.startsWith(PRIVATE_PREFIX)) return hmacSigner(text);
  const random = octetsOf(text, PRIVATE_PREFIX);
  const { publicKey } = webhookKeyPairOf(random);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, random]), format: 'der', type: 'pkcs8' });
  return { ...webhookVerifier(publicKey), sign: (content) => sign(null, content, key) };
}

/** @param text `whsec_…` (HMAC-SHA-256) or `whpk_…` (Ed25519) @throws WebhooksError `key_invalid` */
export function webhookVerifier(text: string): WebhookVerifier {
  if (!text.startsWith(PUBLIC_PREFIX)) return hmacSigner(text);
  const octets = octetsOf(text, PUBLIC_PREFIX);
  if (octets.length !== ED25519_OCTETS) throw keyInvalid();
  const key = createPublicKey({ key: Buffer.concat([SPKI, octets]), format: 'der', type: 'spki' });
  return { scheme: 'v1a', verify: (content, signature) => verify(null, content, key, signature) };
}

function hmacSigner(text: string): WebhookSigner {
  const secret = octetsOf(text, SECRET_PREFIX);
  if (secret.length < SHORTEST_SECRET || secret.length > LONGEST_SECRET) throw keyInvalid();
  const mac = (content: Uint8Array): Buffer => createHmac('sha256', secret).update(content).digest();
  return {
    scheme: 'v1',
    sign: mac,
    verify: (content, signature) => signature.length === 32 && timingSafeEqual(mac(content), signature),
  };
}

function octetsOf(text: string, prefix: string): Buffer {
  const base64 = text.slice(prefix.length);
  const octets = Buffer.from(base64, 'base64');
  if (!text.startsWith(prefix) || octets.toString('base64') !== base64) throw keyInvalid();
  return octets;
}

const keyInvalid = (): WebhooksError =>
  new WebhooksError(
    'key_invalid',
    'A key of webhooks is whsec_ (24 to 64 octets), whsk_ or whpk_ (32 octets), followed by base64.',
  );
