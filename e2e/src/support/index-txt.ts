import { createHash } from 'node:crypto';

/** What one line of an `index.txt` says. */
export interface IndexLine {
  /** Lower-case hex without leading zeros. */
  readonly serialNumber: string;
  readonly status: 'good' | 'revoked';
  readonly text: string;
}

const REASONS = ['', ',keyCompromise', ',superseded', ',cessationOfOperation', ',affiliationChanged'];
const DAY = 86_400_000;

/** 121231235959Z */
const utcTime = (instant: number): string =>
  `${new Date(instant).toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`;

/**
 * Lines as `openssl ca` writes them: random serial numbers of 16 octets, one in ten revoked. The same seed makes the
 * same lines.
 */
export function indexLines(count: number, seed: string, now: number): readonly IndexLine[] {
  return Array.from({ length: count }, (_, n) => {
    const chance = createHash('sha256').update(`${seed} ${n}`).digest();
    chance[0] = (chance[0]! & 0x3f) | 0x40;
    const serialNumber = chance.subarray(0, 16).toString('hex');
    const revoked = n % 10 === 3;
    const expiry = utcTime(now + (1 + (n % 1_500)) * DAY);
    const revocation = revoked ? `${utcTime(now - (1 + (n % 300)) * DAY)}${REASONS[n % REASONS.length]}` : '';
    const fields = [revoked ? 'R' : 'V', expiry, revocation, serialNumber.toUpperCase(), 'unknown', `/C=JP/CN=${n}`];
    return { serialNumber, status: revoked ? 'revoked' : 'good', text: fields.join('\t') };
  });
}
