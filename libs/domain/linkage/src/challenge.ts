import { joinParts } from './signed-parts.ts';

/** What a person signs for: a signature for one is none for another. */
export const CHALLENGE_USES = ['identification', 'holder-view'] as const;
export type ChallengeUse = (typeof CHALLENGE_USES)[number] | `translation to ${string}`;

/** What a person's key has to sign, once and soon, to show that the certificate is in the right hands. */
export interface Challenge {
  readonly challengeId: string;
  /** 32 random octets. */
  readonly challenge: Uint8Array;
  /** Codes of who asked for it and for whom: the challenge is of no use to others. */
  readonly platformProvider: string;
  readonly serviceProvider: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export const CHALLENGE_OCTETS = 32;

/** True when the challenge may be answered by this pair at this time. That it is used once is the store's task. */
export const challengeFits = (
  challenge: Challenge,
  use: Pick<Challenge, 'platformProvider' | 'serviceProvider'> & { readonly now: number },
): boolean =>
  challenge.platformProvider === use.platformProvider &&
  challenge.serviceProvider === use.serviceProvider &&
  use.now < challenge.expiresAt;

type Challenged = Pick<Challenge, 'challenge' | 'platformProvider' | 'serviceProvider'>;

/**
 * The octets that are signed: a domain, so that no signature made for something else passes here, then challenge, PF
 * and SP, so that it passes for nobody else. Each part is preceded by its length (2 octets, big-endian).
 */
export const challengeMessage = (
  use: ChallengeUse,
  { challenge, platformProvider, serviceProvider }: Challenged,
): Uint8Array => joinParts([`kakunin ${use} v1`, challenge, platformProvider, serviceProvider]);

/** {@link challengeMessage} of an identification. */
export const identificationMessage = (challenge: Challenged): Uint8Array =>
  challengeMessage('identification', challenge);
