import type { RevocationReason } from '@kakunin/certificates';
import type { Carrier } from '@kakunin/usage';
import {
  AUTHORITIES,
  CERTIFICATES_PER_AUTHORITY,
  holderOf,
  type Plan,
  REVOKED_PER_AUTHORITY,
  type SandboxAuthority,
  serialNumberOf,
} from './plan.ts';
import { daysFrom, type Specimen, specimensOf } from './specimens.ts';

/** One issued certificate as the authority's list states it. Instants are epoch ms, whole seconds. */
export interface Entry {
  readonly serialNumber: string;
  readonly notAfter: number;
  readonly carrier: Carrier;
  readonly status: 'good' | 'revoked' | 'held';
  readonly revocation?: { readonly date: number; readonly reason: RevocationReason };
  readonly holder: string;
  /** `<authority id>/<serial number>`. */
  readonly predecessor?: string;
  readonly fingerprint?: string;
}

/** Half of the people of the older generation have renewed into the newer one. */
const RENEWED = CERTIFICATES_PER_AUTHORITY / 2;
const REASONS: readonly RevocationReason[] = [
  'superseded',
  'keyCompromise',
  'affiliationChanged',
  'cessationOfOperation',
];

/**
 * Everything that an authority issued: the specimens first, then people whose keys nobody has.
 * @param fingerprints of the specimens of this authority, in order
 */
export function entriesOf(plan: Plan, authority: SandboxAuthority, fingerprints: readonly string[]): readonly Entry[] {
  const specimens = specimensOf(authority);
  const people = CERTIFICATES_PER_AUTHORITY - specimens.length;
  const revoked = REVOKED_PER_AUTHORITY - specimens.filter(({ status }) => status !== 'good').length;
  return [
    ...specimens.map((specimen, n) => ({
      ...specimenEntry(plan, authority, { specimen, n }),
      fingerprint: fingerprints[n]!,
    })),
    // Exactly `revoked` of them, evenly spread.
    ...Array.from({ length: people }, (_, k) => {
      const isRevoked = Math.floor((k * revoked) / people) !== Math.floor(((k + 1) * revoked) / people);
      return personEntry(plan, authority, { n: specimens.length + k, isRevoked });
    }),
  ];
}

function specimenEntry(
  plan: Plan,
  authority: SandboxAuthority,
  { specimen, n }: { specimen: Specimen; n: number },
): Entry {
  const { status, person, succeeds, validDays } = specimen;
  const older = olderGeneration(authority);
  const predecessor = older && specimensOf(older).findIndex(({ name }) => name === succeeds);
  return {
    serialNumber: serialNumberOf(plan, authority, n),
    notAfter: daysFrom(plan, validDays[1]),
    carrier: 'card',
    status,
    ...(status !== 'good' && {
      revocation: { date: daysFrom(plan, -7), reason: status === 'held' ? 'certificateHold' : 'keyCompromise' },
    }),
    holder: holderOf(plan, `specimen ${person}`),
    ...(older && succeeds && { predecessor: `${older.authorityId}/${serialNumberOf(plan, older, predecessor!)}` }),
  };
}

function personEntry(
  plan: Plan,
  authority: SandboxAuthority,
  { n, isRevoked }: { n: number; isRevoked: boolean },
): Entry {
  const older = olderGeneration(authority);
  const renewed = older !== undefined && n < RENEWED;
  return {
    serialNumber: serialNumberOf(plan, authority, n),
    notAfter: daysFrom(plan, (older ? 900 : 30) + (n % 800)),
    carrier: n % 5 === 4 ? 'smartphone' : 'card',
    status: isRevoked ? 'revoked' : 'good',
    ...(isRevoked && { revocation: { date: daysFrom(plan, -1 - (n % 365)), reason: REASONS[n % REASONS.length]! } }),
    holder: holderOf(plan, `person ${older && !renewed ? CERTIFICATES_PER_AUTHORITY + n : n}`),
    ...(renewed && { predecessor: `${older.authorityId}/${serialNumberOf(plan, older, n)}` }),
  };
}

const olderGeneration = ({ certificateClass, generation }: SandboxAuthority): SandboxAuthority | undefined =>
  AUTHORITIES.find((other) => other.certificateClass === certificateClass && other.generation === generation - 1);

const HEADER = 'serial_number,not_after,carrier,status,revocation_date,reason,holder,predecessor,fingerprint';

/** The list as the registry's import takes it (docs/reference/certificates-import.md); no field needs quotes. */
export const csvOf = (entries: readonly Entry[]): string =>
  [HEADER, ...entries.map((entry) => rowOf(entry).join(','))].join('\n') + '\n';

const iso = (instant: number): string => new Date(instant).toISOString();

const rowOf = ({ revocation, ...entry }: Entry): readonly string[] => [
  entry.serialNumber,
  iso(entry.notAfter),
  entry.carrier,
  entry.status,
  revocation ? iso(revocation.date) : '',
  revocation ? revocation.reason : '',
  entry.holder,
  entry.predecessor ?? '',
  entry.fingerprint ?? '',
];
