import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HASH_ALGORITHMS } from '@kakunin/x509';
import { run } from '../processes.ts';
import type { IndependentClient } from './independent-client.ts';
import { askProgram, clientFolder } from './line-program.ts';

/** golang.org/x/crypto/ocsp, which knows no Ed25519. */
export const goClient: IndependentClient = {
  name: 'Go',
  hashAlgorithms: HASH_ALGORITHMS,
  cannotVerify: ['Ed25519'],
  ask: async (questions) => {
    const folder = mkdtempSync(join(tmpdir(), 'kakunin-go-client-'));
    try {
      const program = join(folder, 'client');
      const built = await run('go', ['build', '-o', program, '.'], { cwd: clientFolder('go') });
      if (built.status !== 0) throw new Error(`go build failed:\n${built.stderr}`);
      return await askProgram(
        [program],
        questions.map((asked) => [asked.url, asked.authorityFile, asked.certificateFile, asked.hashAlgorithm]),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
