import { CERTIFICATE_EVENTS } from '@kakunin/event-log';
import type { EventLog, Position } from '@kakunin/event-log';
import type { PositionStore } from '@kakunin/event-transport';
import type { Logger } from 'pino';
import { isFromLog } from './snapshot-origin.ts';
import type { StatusFeed } from './status-feed.ts';

/** Where the replay of `certificate-events` begins: behind the snapshot that was loaded. */
export const STATUS_POSITIONS = Symbol('status-positions');

/** A snapshot of another log is dropped: it is a short cut, nothing more. */
export class StatusPositions implements PositionStore {
  constructor(
    private readonly feed: StatusFeed,
    private readonly eventLog: EventLog,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  async positions(): Promise<readonly Position[]> {
    if (!(await isFromLog(this.eventLog, this.feed.lastEvents()))) {
      this.logger.warn('the status snapshot is of another event log: reading certificate-events from its beginning');
      this.feed.reset();
    }
    this.feed.confirm(await this.eventLog.endPositions(CERTIFICATE_EVENTS));
    return this.feed.positions();
  }
}
