import { createHash } from 'node:crypto';
import type { Authority } from '@kakunin/certificates';
import type { ProbedOutcome } from '@kakunin/probing';

export interface Probed {
  /** Who issued it; undefined: nobody whom the registry knows. */
  readonly authority: Authority | undefined;
  /** Hexadecimal. */
  readonly serialNumber: string;
  /** Whether the caller was answered. */
  readonly granted: boolean;
  /** About how many certificates there are. */
  readonly issued: number;
}

/** Serial numbers in no order have no neighbours: a place at random stands for theirs. */
const SPREAD = 2 ** 32;

/** What a call was about, for the detector: the place of a certificate among those issued, where they are counted up. */
export function probedOutcome({ authority, serialNumber, granted, issued }: Probed): ProbedOutcome {
  if (!authority || !granted) return { kind: 'refused' };
  const { authorityId, serialScheme } = authority;
  if (serialScheme.kind !== 'sequential') {
    const ordinal = createHash('sha256').update(serialNumber).digest().readUInt32BE();
    return { kind: 'known', authorityId, ordinal, issued: SPREAD };
  }
  const ordinal = Number(BigInt(`0x${serialNumber}`) - BigInt(`0x${serialScheme.first}`));
  return { kind: 'known', authorityId, ordinal, issued };
}
