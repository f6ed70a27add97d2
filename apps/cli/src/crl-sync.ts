import { createPublicKey } from 'node:crypto';
import { resolve } from 'node:path';
import { crlDirectory, type CrlProgress, CrlSyncError, type CrlSyncReport, syncCrls } from '@kakunin/client/crl';
import { readCertificate } from './certificate-file.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import { groupDigits } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface CrlSyncOptions {
  readonly manifestKey: string;
  /** `<id>=<file>` each. */
  readonly authority: readonly string[];
  /** Labels, or `all`. */
  readonly partition: readonly string[];
  readonly delta?: boolean;
}

/** @throws CliError `usage`; `unreachable` when the publisher is; `failed` when its manifest cannot be relied upon */
export async function syncDirectory(
  context: Context,
  { url, directory }: { readonly url: string; readonly directory: string },
  options: CrlSyncOptions,
): Promise<CrlSyncReport> {
  const { terminal } = context;
  const authorities: Record<string, Uint8Array> = {};
  for (const [id, file] of options.authority.map(splitAuthority)) {
    authorities[id] = (await readCertificate(context, file)).raw;
  }
  try {
    return await syncCrls({
      url,
      store: crlDirectory(resolve(terminal.directory, directory)),
      manifestKey: await readPublicKey(context, options.manifestKey),
      authorities,
      partitions: options.partition.includes('all') ? 'all' : options.partition,
      deltas: options.delta === true,
      now: () => terminal.clock.now(),
      onProgress: progressOn(terminal),
    });
  } catch (cause) {
    if (!(cause instanceof CrlSyncError)) throw cause;
    throw new CliError(codeOf(cause), `${cause.message} (${cause.code})`, { cause });
  }
}

async function readPublicKey(context: Context, name: string): Promise<Buffer> {
  const pem = await context.read(name);
  try {
    createPublicKey(pem);
  } catch (cause) {
    throw new CliError('usage', `${name} holds no public key (PEM).`, { cause });
  }
  return pem;
}

const codeOf = ({ code }: CrlSyncError): CliError['code'] => {
  if (code === 'invalid_option') return 'usage';
  return code === 'unreachable' || code === 'refused' || code === 'busy' ? 'unreachable' : 'failed';
};

function splitAuthority(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new CliError('usage', 'Give --authority as ID=FILE: the id of the manifest, and the certificate (PEM or DER).');
}

/** Milliseconds. */
const EVERY = 500;

/** Says how far the file in hand has come, with rate and time left; on a terminal in place, elsewhere one line in ten seconds. */
function progressOn({ clock, stderr }: Terminal): (progress: CrlProgress) => void {
  const every = stderr.isTTY ? EVERY : 10_000;
  const started = new Map<string, number>();
  let shown = clock.now();
  return ({ name, form, bytes, totalBytes }) => {
    const now = clock.now();
    const start = started.get(name) ?? now;
    started.set(name, start);
    if (now - shown < every) return;
    shown = now;
    const seconds = Math.max((now - start) / 1_000, 0.001);
    const left = Math.ceil(((totalBytes - bytes) * seconds) / Math.max(bytes, 1));
    const rate = groupDigits(Math.round(bytes / seconds / 1_000));
    const text = `${name} (${form}): ${Math.floor((100 * bytes) / totalBytes)} %, ${rate} kB/s, ${left} s left`;
    stderr.write(stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  };
}
