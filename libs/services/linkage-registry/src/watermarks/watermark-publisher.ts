import type { StatusWatermark } from '@kakunin/certificates';
import { CERTIFICATE_EVENTS, type EventLog, identityHeaders, STATUS_WATERMARKS } from '@kakunin/event-log';
import type { CaughtUp, CaughtUpListener } from '@kakunin/outbox';
import { EVENT_LOG } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';

const KEY = 'linkage-registry';
/** More often is of no use to followers, who look at their age in seconds. */
const INTERVAL_MS = 900;

/** Tells followers how fresh they are: who has read to the positions knows everything acknowledged before the instant. */
@Injectable()
export class WatermarkPublisher implements CaughtUpListener {
  #last = 0;

  constructor(@Inject(EVENT_LOG) private readonly eventLog: EventLog) {}

  async onCaughtUp({ at, positions }: CaughtUp): Promise<void> {
    // After the clock was set back the last one lies ahead: the next must not wait for that hour to come again.
    if (Math.abs(at - this.#last) < INTERVAL_MS) return;
    const watermark: StatusWatermark = {
      at,
      positions: positions
        .filter(({ topic }) => topic === CERTIFICATE_EVENTS)
        .map(({ partition, nextOffset }) => ({ partition, nextOffset: nextOffset.toString() })),
    };
    await this.eventLog.append([
      {
        topic: STATUS_WATERMARKS,
        key: KEY,
        value: Buffer.from(JSON.stringify(watermark)),
        headers: identityHeaders({ producer: `${KEY}-watermarks`, sequence: BigInt(at) }),
      },
    ]);
    this.#last = at;
  }
}
