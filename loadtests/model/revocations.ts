import { assumed, marked, solved, sourced } from './figure.ts';
import type { Figure } from './figure.ts';
import { HOURS } from './hours.ts';
import { NATION } from './nation.ts';
import { SOURCES } from './sources.ts';

const QUARTERS_AN_HOUR = 4;

/** Why certificates are revoked. `perYear` are events; each revokes one certificate in every family of `families`. */
export interface RevocationCause {
  readonly perYear: readonly Figure[];
  readonly families: 'both' | 'signature';
  /** How long the certificate would have lived on: so long its entry stays on a CRL. */
  readonly remaining: Figure;
}

const half = assumed(912.5, 'days', 'Certificates live for five years, and end by chance in the middle.');

/** The causes. A name or an address stands in the signature certificate alone, so it ends with them and the other lives on. */
export const REVOCATION_CAUSES = marked({
  moveBetweenMunicipalities: {
    perYear: [
      sourced(5_207_746, 'events a year', SOURCES.moves),
      assumed(0.7, 'share', 'Of those who move or marry, how many have a signature certificate in force.'),
    ],
    families: 'signature',
    remaining: half,
  },
  moveWithinMunicipality: {
    perYear: [
      solved(4_021_900, 'events a year', {
        because: 'Nobody publishes moves inside a municipality.',
        solvedFor: '26 M live entries of the signature family',
      }),
      assumed(0.7, 'share', 'As for moves between municipalities.'),
    ],
    families: 'signature',
    remaining: half,
  },
  marriage: {
    perYear: [
      sourced(485_092, 'events a year', SOURCES.vitalStatistics),
      assumed(0.7, 'share', 'One name changes; as for moves.'),
    ],
    families: 'signature',
    remaining: half,
  },
  death: {
    perYear: [
      sourced(1_605_378, 'events a year', SOURCES.vitalStatistics),
      assumed(0.7, 'share', 'Fewer of the oldest hold a card than of all.'),
    ],
    families: 'both',
    remaining: half,
  },
  cardOrTelephoneReplaced: {
    perYear: [
      solved(1_845_600, 'events a year', {
        because: 'Cards lost, stolen or given back; telephones sold.',
        solvedFor: '9 M live entries of the user authentication family',
      }),
    ],
    families: 'both',
    remaining: half,
  },
  renewal: {
    perYear: [
      sourced(15_800_000, 'events a year', SOURCES.renewals),
      solved(0.80968, 'share', {
        because: 'Who renews before the end has the old certificates revoked.',
        solvedFor: '105,000 revocations a day',
      }),
    ],
    families: 'both',
    remaining: assumed(45, 'days', 'Renewals are possible in the last three months.'),
  },
} as const satisfies Record<string, RevocationCause>);

/** The busiest day against a mean one. */
export const REVOCATION_DAY_FACTOR: Figure = solved(4.57143, 'times', {
  because: 'People move in the last days of March, and register it on the first Monday.',
  solvedFor: '480,000 revocations on a peak day',
});

export type Family = 'signature' | 'userAuthentication';

const causesOf = (family: Family): readonly RevocationCause[] =>
  Object.values<RevocationCause>(REVOCATION_CAUSES).filter(
    ({ families }) => families === 'both' || family === 'signature',
  );

const perDay = ({ perYear }: RevocationCause): number =>
  perYear.reduce((product, factor) => product * factor.value, 1) / NATION.daysAYear.value;

/** Revocations of a family on a mean day. */
export const revocationsADayOf = (family: Family): number =>
  causesOf(family).reduce((total, cause) => total + perDay(cause), 0);

/** Revocations of both families on a mean day. */
export const revocationsADay = (): number => revocationsADayOf('signature') + revocationsADayOf('userAuthentication');

/** Revocations of both families on the busiest day of a year. */
export const revocationsOnPeakDay = (): number => revocationsADay() * REVOCATION_DAY_FACTOR.value;

/** Entries on the CRLs of a family: an entry stays until its certificate would have ended (Little's law). */
export const liveEntries = (family: Family): number =>
  causesOf(family).reduce((total, cause) => total + perDay(cause) * cause.remaining.value, 0);

/** Certificates that were issued and have not ended by their date, revoked or not. */
export const issuedCertificates = (): number =>
  NATION.cards.value * NATION.certificatesInForceACard.value +
  liveEntries('signature') +
  liveEntries('userAuthentication');

/** Revocations in each quarter of an hour of a day with so many, from midnight JST: 96 numbers. */
export const revocationsByQuarterHour = (aDay: number): readonly number[] =>
  HOURS.townHall.values.flatMap((share) =>
    Array.from({ length: QUARTERS_AN_HOUR }, () => (aDay * share) / 100 / QUARTERS_AN_HOUR),
  );
