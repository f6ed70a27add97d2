import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@kakunin/source'] },
  ssr: { resolve: { conditions: ['@kakunin/source'] } },
  test: {
    include: ['**/*.test.ts'],
    // Integration tests start real servers; a unit test that takes this long is hanging.
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // On a busy machine things take longer; where a time is promised, the test names it.
    expect: { poll: { timeout: 10_000 } },
    passWithNoTests: true,
    // tools/test.mjs adds these up.
    reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
    pool: 'forks',
    // Files run one after the other in the same process: loading the services anew for each took a third of the time.
    isolate: false,
    globalSetup: fileURLToPath(new URL('libs/testing/src/stop-shared-postgres.ts', import.meta.url)),
    server: { deps: { inline: [/@kakunin\//] } },
  },
});
