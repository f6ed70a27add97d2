import { expect } from 'vitest';
import { producerOf } from '../usage-events/reported-segment.ts';
import type { Answer, MeterUnderTest } from './meter-under-test.ts';

export const ONE = 'application/cloudevents+json';
export const BATCH = 'application/cloudevents-batch+json';
export const LINES = 'application/x-ndjson';

export const json = async (answer: Promise<Answer>): Promise<unknown> => JSON.parse((await answer).body);

/** Status and code of a problem. */
export const verdict = async (answer: Promise<Answer>): Promise<[number | undefined, unknown]> => {
  const { status, body } = await answer;
  return [status, (JSON.parse(body) as { code?: unknown }).code];
};

const COUNTED = `
  SELECT (SELECT coalesce(sum(quantity), 0)::integer FROM usage_day WHERE platform_provider = $1) AS days,
         (SELECT coalesce(sum(quantity), 0)::integer FROM usage_count WHERE platform_provider = $1) AS minutes,
         (SELECT coalesce(sum(records), 0)::integer FROM usage_producer_day WHERE producer = $2) AS records,
         (SELECT coalesce(sum(record_count), 0)::integer FROM usage_segment WHERE producer = $2) AS segments,
         (SELECT coalesce(max(highest_sequence - segment_count), 0)::integer FROM usage_producer WHERE producer = $2) AS gaps`;

/** A platform provider that reports usage to a meter. */
export class Reporting {
  readonly #meter: () => MeterUnderTest;

  constructor(meter: () => MeterUnderTest) {
    this.#meter = meter;
  }

  send = (body: unknown, type = ONE, caller = 'pf-a'): Promise<Answer> => {
    const octets = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    return this.#meter().sendRaw('/usage-events', caller, octets, { 'content-type': type });
  };

  /** @returns by how much the tenant's count grew, the same in all places that must agree */
  growth = async (work: () => Promise<unknown>, tenant = 'pf-a'): Promise<number> => {
    const { days: before = 0 } = await this.#counted(tenant);
    await work();
    const { days = 0, ...after } = await this.#counted(tenant);
    expect(after).toEqual({ minutes: days, records: days, segments: days, gaps: 0 });
    return days - before;
  };

  async #counted(tenant: string): Promise<Readonly<Record<string, number>>> {
    const values = [tenant, producerOf(tenant)];
    return (await this.#meter().database.query<Record<string, number>>(COUNTED, values)).rows[0]!;
  }
}
