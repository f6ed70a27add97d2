import { InvalidArgumentError, Option } from 'commander';
import { jstStartOfDay, parseBillingPeriod, type BillingPeriod } from '@kakunin/calendar';

export const outputOption = (...formats: [string, ...string[]]): Option =>
  new Option('-o, --output <format>', 'how to print').choices(formats).default(formats[0]);

export const dryRunOption = (): Option => new Option('--dry-run', 'say what would be done, and do nothing');

const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** `2026-10-31` is the first instant of that day in Japan; `2026-10-31T12:00:00Z` says its zone. */
export function parseInstant(text: string): number {
  const instant = INSTANT.test(text) ? Date.parse(text) : parseDay(text);
  if (Number.isNaN(instant))
    throw new InvalidArgumentError('A day such as 2026-10-31 (JST), or an instant with its zone.');
  return instant;
}

/** @returns the first instant (epoch ms) of a day in Japan */
export function parseJstDay(text: string): number {
  const instant = parseDay(text);
  if (Number.isNaN(instant)) throw new InvalidArgumentError('A day in Japan such as 2026-10-31.');
  return instant;
}

/** A day that does not exist (31 February) is none, though Date would take it for another. */
function parseDay(text: string): number {
  const noon = DAY.test(text) ? Date.parse(`${text}T03:00:00Z`) : Number.NaN;
  return Number.isNaN(noon) || new Date(noon).toISOString().slice(0, 10) !== text ? Number.NaN : jstStartOfDay(noon);
}

export function parseHttpUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) throw new InvalidArgumentError('An http: or https: address.');
  return text;
}

export function parsePeriod(text: string): BillingPeriod {
  const period = parseBillingPeriod(text);
  if (!period) throw new InvalidArgumentError('A month in Japan such as 2026-10.');
  return period;
}

/** As the registry takes ids of authorities, and codes of relying parties. */
export function parseCode(text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError('Lower case letters, digits and hyphens, such as sandbox-pf.');
}

export function parseUuid(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text;
  throw new InvalidArgumentError('A UUID, such as 0192f3f0-6c1e-7c2a-9d6e-3a4f2b1c0d9e.');
}

/** Options that may be given more than once. */
export const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];
