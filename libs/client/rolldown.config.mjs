// Makes dist/: the package that PF providers install. Node's own modules are all that it needs.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';
import { publishable } from './publishable.mjs';

export default defineConfig({
  // The ledger is apart: whoever only asks for status does not load what prices statements. The blind list works in browsers.
  input: {
    index: 'src/index.ts',
    identification: 'src/identification/index.ts',
    ledger: 'src/ledger/index.ts',
    'blind-list': 'src/blind-list/index.ts',
    crl: 'src/crl/index.ts',
    news: 'src/news/index.ts',
    matching: 'src/matching/index.ts',
    ppid: 'src/ppid/index.ts',
  },
  platform: 'node',
  // What matches is a peer that few need, and is loaded when it is used.
  external: [/^node:/, /^@cloudflare\/voprf-ts/],
  resolve: { conditionNames: ['@kakunin/source', 'node', 'import'], tsconfigFilename: 'tsconfig.json' },
  transform: {
    target: 'node20',
    // Node 20 has none.
    inject: { 'Map.groupBy': [fileURLToPath(new URL('src/ledger/group-by.ts', import.meta.url)), 'groupBy'] },
  },
  // Modules of the domain only define things: what is not used of them, such as the schemas of zod, is left out.
  treeshake: { moduleSideEffects: false },
  plugins: [publishable()],
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'shared-[hash].js',
  },
});
