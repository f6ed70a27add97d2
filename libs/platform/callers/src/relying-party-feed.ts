import { type EventBatch, eventIdentity, RELYING_PARTY_EVENTS } from '@kakunin/event-log';
import { type CatchUpListener, replayFrom } from '@kakunin/event-transport';
import { RelyingPartyDirectory, relyingPartyEventSchema } from '@kakunin/relying-parties';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

/** The {@link RelyingPartyDirectory} of this process. */
export const RELYING_PARTIES = Symbol('relying-parties');

/** Keeps the directory as the registry last said; the topic is small and read from its beginning at every start. */
@Controller()
export class RelyingPartyFeed implements CatchUpListener {
  /** Highest sequence applied, by producer and party: what a producer sent twice may come after what it sent later. */
  readonly #applied = new Map<string, bigint>();

  constructor(@Inject(RELYING_PARTIES) private readonly directory: RelyingPartyDirectory) {}

  @EventPattern(RELYING_PARTY_EVENTS, replayFrom('beginning', { onCaughtUp: RelyingPartyFeed }))
  apply(@Payload() batch: EventBatch): void {
    for (const event of batch) {
      const { producer, sequence } = eventIdentity(event);
      const { party } = relyingPartyEventSchema.parse(JSON.parse(Buffer.from(event.value).toString('utf8')));
      const name = `${producer} ${party.code}`;
      if (sequence <= (this.#applied.get(name) ?? -1n)) continue;
      this.directory.put(party);
      this.#applied.set(name, sequence);
    }
  }

  onCaughtUp(): void {
    this.directory.complete();
  }
}
