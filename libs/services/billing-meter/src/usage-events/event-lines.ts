import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { textLines, type TextLine } from '@kakunin/certificates';
import { outcomeJson } from './convert.ts';
import { UsageEventError } from './usage-event-error.ts';
import { EVENTS_A_SEGMENT, type Outcome } from './usage-event-intake.ts';

/** A sender that pauses for this long gets the answers to what it sent: few transactions for many, and none waits. */
const GATHER_MS = 20;

export interface LinesInput {
  /** NDJSON. */
  readonly body: Readable;
  readonly take: (values: readonly unknown[]) => Promise<readonly Outcome[]>;
  /** Told what ended the exchange early. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Answers each line with a line, in order, as soon as it is durable. Neither side is read faster than it is dealt with;
 * memory is bounded, however long the body is. When taking fails, the last line says `interrupted`: what was answered
 * stays, the rest is to be sent again.
 */
export function answerLines(input: LinesInput): Readable {
  const answers = new PassThrough();
  pump(input, answers).then(
    () => answers.end(),
    (error: unknown) => {
      input.onFault(error);
      // A body that broke off has nobody who reads answers.
      if (input.body.readableAborted) answers.destroy();
      else answers.end(`${JSON.stringify({ result: 'interrupted' })}\n`);
    },
  );
  return answers;
}

async function pump({ body, take }: LinesInput, answers: PassThrough): Promise<void> {
  let batch: TextLine[] = [];
  const flush = async (): Promise<void> => {
    const lines = batch;
    batch = [];
    const outcomes = await take(lines.map(valueOf));
    const text = outcomes.map((outcome, index) =>
      JSON.stringify({ line: lines[index]!.line, ...outcomeJson(outcome) }),
    );
    if (!answers.write(`${text.join('\n')}\n`)) await Promise.race([once(answers, 'drain'), once(answers, 'close')]);
  };
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      yield chunk as Uint8Array;
      if (batch.length === 0 || body.readableLength > 0) continue;
      await sleep(GATHER_MS);
      if (body.readableLength === 0) await flush();
    }
  };
  for await (const line of textLines(chunks())) {
    if (batch.push(line) >= EVENTS_A_SEGMENT) await flush();
  }
  if (batch.length > 0) await flush();
}

function valueOf(line: TextLine): unknown {
  if ('reason' in line) return new UsageEventError('invalid_usage_event', line.reason);
  try {
    return JSON.parse(line.text);
  } catch {
    return new UsageEventError('invalid_usage_event', 'The line is not JSON.');
  }
}
