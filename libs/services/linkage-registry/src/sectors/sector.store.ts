import type { GivenVersions, SectorKeys, SectorKeyVersion, SectorVersion } from '@kakunin/sectors';
import type { Queries } from '../database/queries.ts';

/** A step of a service provider: one key of a sector, for a time. `version` is that of the key. */
export interface SectorStep extends SectorVersion {
  readonly serviceProvider: string;
  /** 1, 2, 3, … */
  readonly step: number;
  /** Epoch ms. */
  readonly currentFrom: number;
  readonly givenUntil?: number;
  /** Absent once it is destroyed. */
  readonly sealed?: Buffer;
}

interface Row {
  readonly service_provider: string;
  readonly step: number;
  readonly sector: string;
  readonly version: number;
  readonly current_from: string;
  readonly given_until: string | null;
  readonly sector_key_sealed: Buffer | null;
}

const COLUMNS = 'service_provider, step, sector, version, current_from, given_until, sector_key_sealed';

/** The steps of some service providers, oldest first. */
export async function stepsOf(client: Queries, serviceProviders: readonly string[]): Promise<readonly SectorStep[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM sector_step JOIN sector_key USING (sector, version)
     WHERE service_provider = ANY ($1::text[]) ORDER BY service_provider, step`,
    [serviceProviders],
  );
  return rows.map((row) => ({
    serviceProvider: row.service_provider,
    step: row.step,
    sector: row.sector,
    version: row.version,
    currentFrom: Number(row.current_from),
    ...(row.given_until !== null && { givenUntil: Number(row.given_until) }),
    ...(row.sector_key_sealed && { sealed: row.sector_key_sealed }),
  }));
}

/** Who is in a sector by the newest step. */
export async function membersOf(client: Queries, sector: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ service_provider: string }>(
    'SELECT service_provider FROM sector_step WHERE sector = $1 AND given_until IS NULL ORDER BY service_provider',
    [sector],
  );
  return rows.map((row) => row.service_provider);
}

/** The steps of one service provider are to it what the versions of its key are to a sector. */
export const asSectorKeys = (steps: readonly SectorStep[]): SectorKeys =>
  steps.map(({ step: version, currentFrom, givenUntil }): SectorKeyVersion => ({
    version,
    currentFrom,
    ...(givenUntil !== undefined && { givenUntil }),
  })) as unknown as SectorKeys;

/** @param given as `versionsGivenAt` says it of {@link asSectorKeys} */
export function stepsGiven(steps: readonly SectorStep[], given: GivenVersions) {
  const find = (step: number | undefined) => steps.find((each) => each.step === step);
  return { current: find(given.current)!, previous: find(given.previous) };
}

/** Ends the newest step of a service provider, and takes the next. */
export async function takeStep(client: Queries, { serviceProvider, to, from, givenUntil }: NextStep): Promise<void> {
  await client.query(
    `WITH ended AS (
       UPDATE sector_step SET given_until = $5 WHERE service_provider = $1 AND given_until IS NULL RETURNING step
     )
     INSERT INTO sector_step (service_provider, step, sector, version, current_from)
     SELECT $1, step + 1, $2, $3, $4 FROM ended`,
    [serviceProvider, to.sector, to.version, from, givenUntil],
  );
}

export interface NextStep {
  readonly serviceProvider: string;
  readonly to: SectorVersion;
  /** Epoch ms. */
  readonly from: number;
  /** Until when the names of the step before are given as well, epoch ms. */
  readonly givenUntil: number;
}

/** Whoever changes steps or keys of sectors does it alone. */
export const lockSectors = (client: Queries): Promise<unknown> =>
  client.query(`SELECT pg_advisory_xact_lock(hashtextextended('registry sectors', 0))`);
