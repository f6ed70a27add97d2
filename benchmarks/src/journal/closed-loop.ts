import { randomFillSync } from 'node:crypto';
import { DIGEST_OCTETS, UsageRecordTemplate } from '@kakunin/usage';
import type { JournalWriter } from '@kakunin/usage-journal/writer';

const CUSTOMER = 'pf-a';

export const KIND = {
  platformProvider: CUSTOMER,
  serviceProvider: 'bank',
  authorityId: 'signature-g1',
  certificateClass: 'signature',
  carrier: 'card',
  channel: 'ocsp',
  purpose: 'signature_verification',
  outcome: 'good',
} as const;

export const TEMPLATE = new UsageRecordTemplate(KIND);

export interface ClosedLoopInput {
  readonly writer: JournalWriter;
  /** Each asks again once its record is there. */
  readonly callers: number;
  readonly seconds: number;
  /** The retry window remembers each, and is made for 43,000 a second. */
  readonly nonce: boolean;
}

export interface ClosedLoopResult {
  readonly perSecond: number;
  /** Of the whole process, microseconds a record. */
  readonly cpu: number;
  readonly recordsPerSync: number;
}

const NO_DIGEST = new Uint8Array(DIGEST_OCTETS);
const DRAWN_AT_ONCE = 4096;
/** With nonce: a minute of 10,000 a second, as fast as it goes. */
const MOST_NONCES = 600_000;

/** Records as fast as the journal answers, as a worker with so many connections does. */
export async function recordClosedLoop(input: ClosedLoopInput): Promise<ClosedLoopResult> {
  const { writer, callers, seconds } = input;
  const before = writer.figures;
  const cpu = process.cpuUsage();
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    const record = recorderOf(input);
    let waiting = callers;
    let left = input.nonce ? MOST_NONCES : Infinity;
    const waiter = {
      recorded() {
        if (--left > 0 && performance.now() - started < seconds * 1_000) record(waiter);
        else if (--waiting === 0) resolve();
      },
      refused: reject,
    };
    for (let caller = 0; caller < callers; caller += 1) record(waiter);
  });
  const { user, system } = process.cpuUsage(cpu);
  const records = writer.figures.records - before.records;
  return {
    perSecond: (records / (performance.now() - started)) * 1_000,
    cpu: (user + system) / records,
    recordsPerSync: records / (writer.figures.syncs - before.syncs),
  };
}

function recorderOf({ writer, nonce }: ClosedLoopInput): (waiter: Parameters<JournalWriter['record']>[1]) => void {
  const records = Buffer.alloc(TEMPLATE.length);
  const drawn = Buffer.alloc(DRAWN_AT_ONCE * DIGEST_OCTETS);
  const digests = Array.from({ length: DRAWN_AT_ONCE }, (_, index) =>
    drawn.subarray(index * DIGEST_OCTETS, (index + 1) * DIGEST_OCTETS),
  );
  const tally = writer.tallyOf(CUSTOMER);
  let next = 0;
  return (waiter) => {
    if (nonce && next === 0) randomFillSync(drawn);
    const digest = nonce ? digests[next]! : undefined;
    next = (next + 1) % DRAWN_AT_ONCE;
    const time = Date.now();
    TEMPLATE.write(records, 0, { time, requestDigest: digest ?? NO_DIGEST, certificateDigest: NO_DIGEST });
    writer.record({ records, count: 1, time, digest, tally }, waiter);
  };
}
