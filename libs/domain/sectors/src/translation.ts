import { createHash } from 'node:crypto';
import { SectorsError } from './sectors-error.ts';

/** What is kept of a translation token: not the token, so that a copy of the database redeems nothing. */
export interface TranslationGrant {
  /** SHA-256 of the token, lower-case hex. */
  readonly tokenHash: string;
  /** Internal id of the certificate that the person showed: whose it is, counts when the token is redeemed. Never shown. */
  readonly certificate: string;
  /** Service provider that knows the person, and asked for the token. */
  readonly from: string;
  /** The one service provider that may redeem it. */
  readonly to: string;
  /** Epoch ms. */
  readonly expiresAt: number;
  readonly redeemedAt?: number;
}

export const TRANSLATION_TOKEN_OCTETS = 32;
/** Long enough for a redirect, too short to be collected. */
export const TRANSLATION_LIFETIME = 5 * 60_000;

export interface TranslationRequest extends Pick<TranslationGrant, 'certificate' | 'from' | 'to'> {
  /** 32 octets from a cryptographic source. */
  readonly random: Uint8Array;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * A token by which one service provider lets another one know, in that one's own name, a person that both serve. It goes
 * through the person's browser; it is random, and tells nothing of the person or of either name.
 * @returns the token, for the service provider, and what is kept
 * @throws SectorsError `sectors_equal`
 */
export function issueTranslation({ random, now, certificate, from, to }: TranslationRequest): {
  readonly token: string;
  readonly grant: TranslationGrant;
} {
  if (from === to) throw new SectorsError('sectors_equal', 'A service provider knows its own names.');
  const token = Buffer.from(random).toString('base64url');
  const expiresAt = now + TRANSLATION_LIFETIME;
  return { token, grant: { tokenHash: translationTokenHash(token), certificate, from, to, expiresAt } };
}

/** By which the grant of a token is found. */
export const translationTokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Redeems a token, once, in time, by the service provider that it is for.
 * @param grant what is kept under the hash of the token, locked; undefined when nothing is
 * @returns the grant as it is to be kept now; undefined for whatever is wrong: the caller is not told what
 */
export function redeemTranslation(
  grant: TranslationGrant | undefined,
  { token, by, now }: { readonly token: string; readonly by: string; readonly now: number },
): TranslationGrant | undefined {
  if (!grant || grant.tokenHash !== translationTokenHash(token)) return undefined;
  if (grant.to !== by || grant.redeemedAt !== undefined || now >= grant.expiresAt) return undefined;
  return { ...grant, redeemedAt: now };
}
