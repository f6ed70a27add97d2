import { type EventBatch, RELYING_PARTY_EVENTS } from '@kakunin/event-log';
import { replayFrom } from '@kakunin/event-transport';
import { RelyingPartyDirectory, relyingPartyEventSchema } from '@kakunin/relying-parties';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

/** The {@link RelyingPartyDirectory} of this process. */
export const RELYING_PARTIES = Symbol('relying-parties');

/** Keeps the directory as the registry last said; the topic is small and read from its beginning at every start. */
@Controller()
export class RelyingPartyFeed {
  constructor(@Inject(RELYING_PARTIES) private readonly directory: RelyingPartyDirectory) {}

  @EventPattern(RELYING_PARTY_EVENTS, replayFrom('beginning'))
  apply(@Payload() batch: EventBatch): void {
    for (const { value } of batch) {
      this.directory.put(relyingPartyEventSchema.parse(JSON.parse(Buffer.from(value).toString('utf8'))).party);
    }
  }
}
