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
    server: { deps: { inline: [/@kakunin\//] } },
  },
});
