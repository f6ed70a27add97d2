import { PublicationError } from './publication-error.ts';

/** How often CRLs appear and how long they hold; all milliseconds. */
export interface PublicationTiming {
  /** From one scheduled CRL to the next. */
  readonly period: number;
  /** From thisUpdate to nextUpdate. */
  readonly validity: number;
  /** How long, at least, the previous CRL must still hold when the next one is due: the time to repair a publisher. */
  readonly overlap: number;
  /** The longest wait between a revocation and the CRL that shows it. */
  readonly debounce: number;
  /** The oldest status data that a CRL may be made of. */
  readonly maximumDataAge: number;
}

/** CRLs carry whole seconds (RFC 5280, 4.1.2.5). */
const SECOND = 1_000;

/**
 * What each rule protects: a CRL that lapses before the next one is there makes every strict verifier refuse every
 * certificate of the authority.
 * @throws PublicationError `timing_invalid`, with all rules that are broken
 */
export function checkTiming({ period, validity, overlap, debounce, maximumDataAge }: PublicationTiming): void {
  const broken: string[] = [];
  if (period < SECOND) broken.push('the period must be at least a second');
  if (validity < period + overlap + maximumDataAge) {
    broken.push('the validity must be at least period + overlap + greatest age of the status data');
  }
  if (period >= validity / 2) broken.push('the period must be shorter than half of the validity');
  if (debounce >= period) broken.push('the wait after a revocation must be shorter than the period');
  if (broken.length > 0) throw new PublicationError('timing_invalid', `CRL timing: ${broken.join('; ')}.`);
}

/** The instants of one CRL; epoch milliseconds, whole seconds. */
export interface CrlInstants {
  readonly thisUpdate: number;
  readonly nextUpdate: number;
}

/**
 * A CRL is dated by its data, not by the moment of signing: `asOf` is the instant up to which everything that the
 * authority reported is known, so a verifier is never promised more than that.
 */
export function crlInstants(asOf: number, { validity }: Pick<PublicationTiming, 'validity'>): CrlInstants {
  const thisUpdate = Math.floor(asOf / SECOND) * SECOND;
  return { thisUpdate, nextUpdate: thisUpdate + Math.floor(validity / SECOND) * SECOND };
}
