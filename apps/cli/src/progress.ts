import { Transform } from 'node:stream';
import { groupDigits } from './table.ts';
import type { Terminal } from './terminal.ts';

const EVERY = 500;

export interface ProgressState {
  /** What became of the lines so far. */
  readonly verb: 'read' | 'sent';
  readonly lines: number;
  readonly bytes: number;
  readonly totalBytes?: number | undefined;
  /** Where the octets are not known, and the lines are. */
  readonly totalLines?: number | undefined;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** How far a stream got: lines, lines a second, share and time left when the size is known. */
export function progressText(state: ProgressState): string {
  const { verb, lines, bytes, totalBytes, totalLines, elapsed } = state;
  const seconds = Math.max(elapsed / 1000, 0.001);
  const rate = `${groupDigits(lines)} ${lines === 1 ? 'line' : 'lines'} ${verb}, ${groupDigits(Math.round(lines / seconds))}/s`;
  const [done, total] = totalBytes ? [bytes, totalBytes] : [Math.min(lines, totalLines ?? 0), totalLines];
  if (!total) return rate;
  const left = Math.ceil(((total - done) * seconds) / Math.max(done, 1));
  return `${rate}, ${Math.floor((100 * done) / total)} %, ${left} s left`;
}

/**
 * Passes a text through and says on stderr how far it got: in place on a terminal, one line in ten seconds elsewhere
 * (so that a batch job's log shows that it lives).
 */
export function progress(
  terminal: Terminal,
  { verb, totalBytes, totalLines }: Pick<ProgressState, 'verb' | 'totalBytes' | 'totalLines'>,
): Transform {
  const { clock, stderr } = terminal;
  const start = clock.now();
  const every = stderr.isTTY ? EVERY : 10_000;
  let [lines, bytes, shown] = [0, 0, start];
  const show = () => {
    const text = progressText({ verb, lines, bytes, totalBytes, totalLines, elapsed: clock.now() - start });
    stderr.write(stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
    shown = clock.now();
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
      if (clock.now() - shown >= every) show();
      done(null, chunk);
    },
    flush(done) {
      show();
      if (stderr.isTTY) stderr.write('\n');
      // The connection's buffers take more than the service has committed.
      if (verb === 'sent') stderr.write('All is sent; waiting for the service to commit it.\n');
      done();
    },
  });
}
