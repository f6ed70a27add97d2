import { appendFileSync } from 'node:fs';
import { JournalInOneThread } from './journal-in-one-thread.ts';
import { customerOf, usageEventOf } from './usage-events.ts';

/*
 * A process to be killed: `recording-process.ts <journal directory> <file that stands for the event log> <first number>`.
 * Records ascending numbers of three customers in turn, several at a time, and prints a line for each once it is
 * acknowledged, with the sequence of its segment and its number among its customer's events there; a line `refused …` when
 * it is not. Ends when its standard input does.
 */
const [directory = '', logFile = '', first = '0'] = process.argv.slice(2);
const silent = (): void => undefined;

const journal = await JournalInOneThread.open({
  directory,
  eventLog: {
    append: async (events) => {
      for (const { value, headers } of events) {
        appendFileSync(logFile, `${JSON.stringify({ headers, value: Buffer.from(value).toString('base64') })}\n`);
      }
      return [];
    },
  },
  clock: { now: () => Date.now() },
  logger: { error: silent, warn: silent, info: silent },
  sealAfterMilliseconds: 10,
  repairAfterMilliseconds: 5,
});

let number = Number(first);
const stop = new AbortController();
process.stdin.on('end', () => stop.abort()).resume();

async function recordOnAndOn(): Promise<void> {
  while (!stop.signal.aborted) {
    const mine = number++;
    const line = await journal.record([{ ...usageEventOf(mine, Date.now()), platformProvider: customerOf(mine) }]).then(
      (events) => `recorded ${mine} ${events?.sequence}/${events?.firstIndex}`,
      () => `refused ${mine}`,
    );
    process.stdout.write(`${line}\n`);
    if (line.startsWith('refused')) await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

await Promise.all(Array.from({ length: 8 }, recordOnAndOn));
await journal.close();
