import {
  type FirstCheckCoverage,
  type PricedBy,
  type PricingScope,
  scopeCovers,
  type TalliedDay,
  type TalliedKind,
} from '@kakunin/billing';
import { jstDateOf } from '@kakunin/calendar';
import type { PoolClient } from 'pg';

/** How many certificates of a day were the first of their period. */
export interface FirstCheckCount {
  readonly month: number;
  readonly year: number;
}

/** Of the days whose first checks are priced; of others nothing is known. */
export type FirstCheckCounts = ReadonlyMap<TalliedDay, FirstCheckCount>;

/** Revisions that were superseded too: what is counted in vain does no harm, what is not counted cannot be priced. */
const FIRST_CHECK_TARIFFS = `
  SELECT issuer, customer, service_provider, certificate_class, carrier, channel, purpose, valid_from, valid_to
  FROM price_revision
  WHERE kind = 'tariff' AND terms->'price'->>'kind' = 'first_check'`;

/** Digests come as one string of octets for each row; a certificate that came twice is the first once. */
const REGISTER = `
  WITH given AS (
    SELECT ordinal, period, customer, service_provider, channel, substring(digests FROM 16 * i + 1 FOR 16) AS digest
    FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[])
      AS row (ordinal, period, customer, service_provider, channel, digests),
      generate_series(0, octet_length(digests) / 16 - 1) AS i
  ), candidate AS (
    SELECT DISTINCT ON (period, customer, service_provider, channel, digest) *
    FROM given
    ORDER BY period, customer, service_provider, channel, digest, ordinal
  ), first AS (
    INSERT INTO first_check (period, customer, service_provider, channel, digest)
    SELECT period, customer, service_provider, channel, digest
    FROM candidate
    ORDER BY period, customer, service_provider, channel, digest
    ON CONFLICT DO NOTHING
    RETURNING *
  )
  SELECT ordinal, count(*)::integer AS count
  FROM first JOIN candidate USING (period, customer, service_provider, channel, digest)
  GROUP BY ordinal`;

interface ScopeRow {
  readonly issuer: string;
  readonly customer: string | null;
  readonly service_provider: string | null;
  readonly certificate_class: PricedBy['certificateClass'] | null;
  readonly carrier: PricedBy['carrier'] | null;
  readonly channel: PricedBy['channel'] | null;
  readonly purpose: PricedBy['purpose'] | null;
  readonly valid_from: Date;
  readonly valid_to: Date | null;
}

/**
 * Which usage needs its first checks counted: what a tariff of that kind covers, of this service or of a platform
 * provider that resells. Read in the transaction that counts, so that no tariff takes effect unseen.
 */
export async function readCoverage(client: PoolClient): Promise<FirstCheckCoverage> {
  const { rows } = await client.query<ScopeRow>(FIRST_CHECK_TARIFFS);
  const tariffs = rows.map((row) => ({
    scope: scopeOf(row),
    from: jstDateOf(row.valid_from.getTime()),
    to: row.valid_to ? jstDateOf(row.valid_to.getTime()) : undefined,
  }));
  return (kind, date) => {
    const usage = { ...kind, customer: kind.platformProvider };
    return tariffs.some(
      ({ scope, from, to }) => from <= date && (to === undefined || date < to) && scopeCovers(scope, usage),
    );
  };
}

/** Of who resells, a customer is a service provider. */
function scopeOf({ issuer, ...row }: ScopeRow): PricingScope {
  const [customer, serviceProvider] = issuer === '' ? [row.customer, row.service_provider] : [issuer, row.customer];
  return {
    ...(customer !== null && { customer }),
    ...(serviceProvider !== null && { serviceProvider }),
    ...(row.certificate_class !== null && { certificateClass: row.certificate_class }),
    ...(row.carrier !== null && { carrier: row.carrier }),
    ...(row.channel !== null && { channel: row.channel }),
    ...(row.purpose !== null && { purpose: row.purpose }),
  };
}

/**
 * Registers the certificates of covered usage, and counts those that were not there yet. How many are first of all
 * depends on nothing but the certificates; which of two days has one that both saw, on which was counted before.
 * Usage that no first-check tariff covers neither is nor uses up a first check.
 */
export async function countFirstChecks(client: PoolClient, kinds: readonly TalliedKind[]): Promise<FirstCheckCounts> {
  const days = coveredDays(kinds);
  if (days.length === 0) return new Map();
  const rows = days.flatMap(({ day, kind, digests }, index) => [
    { ordinal: 2 * index, period: day.date.slice(0, 7), kind, digests },
    { ordinal: 2 * index + 1, period: day.date.slice(0, 4), kind, digests },
  ]);
  const registered = await client.query<{ ordinal: number; count: number }>(REGISTER, [
    rows.map(({ ordinal }) => ordinal),
    rows.map(({ period }) => period),
    rows.map(({ kind }) => kind.platformProvider),
    rows.map(({ kind }) => kind.serviceProvider),
    rows.map(({ kind }) => kind.channel),
    rows.map(({ digests }) => digests),
  ]);
  const firsts = new Map(registered.rows.map(({ ordinal, count }) => [ordinal, count]));
  return new Map(
    days.map(({ day }, index) => [day, { month: firsts.get(2 * index) ?? 0, year: firsts.get(2 * index + 1) ?? 0 }]),
  );
}

const coveredDays = (kinds: readonly TalliedKind[]) =>
  kinds.flatMap(({ kind, days }) =>
    days.flatMap((day) =>
      day.certificates ? [{ day, kind, digests: Buffer.from([...day.certificates].join(''), 'latin1') }] : [],
    ),
  );
