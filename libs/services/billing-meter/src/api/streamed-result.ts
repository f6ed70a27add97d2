import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { jsonOf } from './json.ts';

/**
 * An answer that takes minutes, as NDJSON: `{ progress }` by `{ progress }`, then `{ result }`.
 * @param work awaits each report: who reads slowly is waited for
 */
export function streamedResult(work: (report: (progress: object) => Promise<void>) => Promise<object>): StreamableFile {
  const lines = new PassThrough();
  const write = async (line: object): Promise<void> => {
    if (lines.destroyed) throw new Error('the caller went away');
    if (!lines.write(`${JSON.stringify(line)}\n`)) await Promise.race([once(lines, 'drain'), once(lines, 'close')]);
  };
  work((progress) => write({ progress }))
    .then((result) => write({ result: jsonOf(result) }))
    .then(
      () => lines.end(),
      // The answer has begun: breaking it off is the only way to say that it is not whole.
      (error: unknown) => lines.destroy(error as Error),
    );
  return new StreamableFile(lines, { type: 'application/x-ndjson' });
}
