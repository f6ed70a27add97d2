import { HASH_ALGORITHMS } from '@kakunin/x509';
import { run } from '../processes.ts';
import type { ClientQuestion, IndependentClient } from './independent-client.ts';
import { revoked } from './what-clients-say.ts';

/** `openssl ocsp`, with a nonce. */
export const opensslClient: IndependentClient = {
  name: 'OpenSSL',
  hashAlgorithms: HASH_ALGORITHMS,
  cannotVerify: [],
  ask: (questions) => Promise.all(questions.map(askOne)),
};

async function askOne({ url, authorityFile, certificateFile, hashAlgorithm }: ClientQuestion): Promise<string> {
  const authority = ['-issuer', authorityFile, '-CAfile', authorityFile];
  const certificate = [`-${hashAlgorithm}`, '-cert', certificateFile];
  const { stdout, stderr } = await run('openssl', ['ocsp', '-url', url, ...authority, ...certificate]);
  if (!stderr.includes('Response verify OK') || stderr.includes('WARNING')) return `error ${stdout}${stderr}`;
  const said = /^\S.*: (good|revoked|unknown)$/m.exec(stdout)?.[1];
  if (said !== 'revoked') return said ?? `error ${stdout}`;
  const reason = /^\tReason: (\w+)$/m.exec(stdout)?.[1];
  const time = /^\tRevocation Time: (.+)$/m.exec(stdout)?.[1];
  return revoked(reason ?? 'unspecified', Date.parse(time ?? ''));
}
