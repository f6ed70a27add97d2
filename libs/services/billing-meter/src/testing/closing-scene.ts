import { encodeSegment, segmentEvent, type UsageEvent } from '@kakunin/usage';
import { vi } from 'vitest';
import { JOURNAL, MeterUnderTest } from './meter-under-test.ts';
import { jst } from './usage-events.ts';

const WAIT = { timeout: 15_000, interval: 50 };

/** A meter in which checks of signature certificates cost 105 yen and 10 % tax since October 2026. */
export class ClosingScene {
  #sequence = 0;

  private constructor(readonly meter: MeterUnderTest) {}

  static async open(): Promise<ClosingScene> {
    const meter = await MeterUnderTest.start();
    meter.now = jst('2026-09-20T09:00:00');
    const scene = new ClosingScene(meter);
    const validFrom = jst('2026-10-01T00:00:00');
    await scene.post('/waivers/ocsp-fee-waiver/end', { validTo: validFrom });
    for (const customer of ['pf-a', 'pf-b'])
      await scene.post('/tariffs', {
        id: `fee-${customer}`,
        scope: { customer, channel: 'ocsp', certificateClass: 'signature' },
        price: { kind: 'unit', unitPrice: '105' },
        taxCategory: 'standard',
        validFrom,
      });
    return scene;
  }

  close(): Promise<void> {
    return this.meter.stop();
  }

  /** @throws when the answer is no success */
  async post(path: string, body: unknown): Promise<unknown> {
    const answer = await this.meter.post(path, 'finance', body);
    if (answer.status !== 200 && answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body);
  }

  async get<T = Record<string, unknown>>(path: string, caller = 'finance'): Promise<T> {
    const answer = await this.meter.get(path, caller);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body) as T;
  }

  /** Hands over usage as a journal does, sealed at the moment of the meter's clock; resolves when it is counted. */
  async record(events: readonly UsageEvent[], { producer = JOURNAL, skip = 0 } = {}): Promise<void> {
    const sequence = BigInt((this.#sequence += 1 + skip));
    const segment = { producer, sequence, events, sealedAt: this.meter.now };
    await this.meter.eventLog.append([segmentEvent({ ...segment, count: events.length }, encodeSegment(segment))]);
    await vi.waitFor(async () => {
      const values = [producer, sequence];
      const sql = 'SELECT FROM usage_segment WHERE producer = $1 AND sequence = $2';
      if ((await this.meter.database.query(sql, values)).rows.length === 0) throw new Error('it is not counted yet');
    }, WAIT);
  }

  /** Closes the month, with a journal that is complete to now, and waits until it is closed. */
  async closeMonth(period: string): Promise<ClosingView> {
    await this.post(`/billing/${period}/close`, {});
    return vi.waitFor(async () => {
      const view = await this.view(period);
      if (view.state !== 'closed')
        throw new Error(`${period} is ${view.state}: ${JSON.stringify([view.blockers, view.statements])}`);
      return view;
    }, WAIT);
  }

  view(period: string): Promise<ClosingView> {
    return this.get(`/billing/${period}/close`);
  }
}

export interface ClosingView {
  readonly state: string;
  readonly pricesKnownAt?: number;
  readonly blockers: readonly { readonly reason: string; readonly advice: { readonly ja: string } }[];
  readonly statements: readonly (Readonly<Record<string, unknown>> & {
    readonly customer: string;
    readonly state: string;
    readonly blockers: readonly { readonly reason: string }[];
  })[];
  readonly totals: Readonly<Record<string, string>>;
}
