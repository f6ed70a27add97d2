import { deadLetterTopic, type EventLog, type EventRecord } from '@kakunin/event-log';
import { codeOf } from './fault.ts';

/**
 * Takes an event that its handler refused for good. When the promise resolves, the event counts as handled; when it
 * rejects, the policy is asked again, without end: nothing behind the event is handled before.
 */
export interface DeadLetterPolicy {
  onDeadLetter(event: EventRecord, error: unknown): Promise<void>;
}

const LONGEST_REASON = 500;

/** What the log would refuse to keep in a header: control characters. */
const printable = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ');

function reasonOf(error: unknown): string {
  // JSON.parse quotes what it could not read, and that may hold a serial number.
  if (error instanceof SyntaxError) return 'The value cannot be parsed.';
  const message = error instanceof Error ? error.message : String(error);
  return printable(message).slice(0, LONGEST_REASON);
}

/** Puts the event, as it came, on `<topic>.dead-letter`, with headers that say from where and why. */
export class DeadLetterTopic implements DeadLetterPolicy {
  constructor(
    private readonly eventLog: Pick<EventLog, 'append'>,
    private readonly consumer: string,
  ) {}

  async onDeadLetter(event: EventRecord, error: unknown): Promise<void> {
    await this.eventLog.append([
      {
        topic: deadLetterTopic(event.topic),
        key: event.key,
        value: event.value,
        headers: {
          ...event.headers,
          'dead-letter-consumer': this.consumer,
          'dead-letter-topic': event.topic,
          'dead-letter-partition': event.partition.toString(),
          'dead-letter-offset': event.offset.toString(),
          'dead-letter-timestamp': event.timestamp.toString(),
          'dead-letter-error': codeOf(error),
          'dead-letter-reason': reasonOf(error),
        },
      },
    ]);
  }
}
