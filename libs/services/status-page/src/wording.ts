import type { Authority } from '@kakunin/certificates';
import type { TestPurpose } from './test-certificates.ts';

/** A word in Japanese and in English. */
export interface Wording {
  readonly ja: string;
  readonly en: string;
}

export const CLASS_NAMES: Record<Authority['certificateClass'], Wording> = {
  signature: { ja: '署名用電子証明書', en: 'Digital signature certificates' },
  'user-authentication': { ja: '利用者証明用電子証明書', en: 'User authentication certificates' },
};

/** The same, short, for use beside a number. */
export const CLASS_LABELS: Record<Authority['certificateClass'], Wording> = {
  signature: { ja: '署名用', en: 'signature' },
  'user-authentication': { ja: '利用者証明用', en: 'user authentication' },
};

export const TEST_PURPOSE_NAMES: Record<TestPurpose, Wording> = {
  valid: { ja: '有効', en: 'valid' },
  revoked: { ja: '失効', en: 'revoked' },
  expired: { ja: '期限切れ', en: 'expired' },
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in the largest unit that fits; a clock that runs behind reads as zero. */
export function formatAge(milliseconds: number): Wording {
  const age = Math.max(0, milliseconds);
  if (age < MINUTE) return ago(Math.floor(age / SECOND), '秒', 'second');
  if (age < HOUR) return ago(Math.floor(age / MINUTE), '分', 'minute');
  if (age < DAY) return ago(Math.floor(age / HOUR), '時間', 'hour');
  return ago(Math.floor(age / DAY), '日', 'day');
}

const ago = (count: number, ja: string, en: string): Wording => ({
  ja: `${count} ${ja}前`,
  en: `${count} ${en}${count === 1 ? '' : 's'} ago`,
});

/** `12,345`. */
export const formatCount = (count: number): string => count.toLocaleString('en-US');

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** `980 B`, `18.5 kB`, `1.3 GB`: powers of a thousand, as download dialogs count. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  // What would round to 1000.0 belongs to the next unit.
  const power = UNITS.findIndex((_, index) => bytes / 1_000 ** (index + 1) < 999.95);
  return `${(bytes / 1_000 ** (power + 1)).toFixed(1)} ${UNITS[power] ?? ''}`;
}
