// Makes dist/: the package that PF providers install. Node's own modules are all that it needs.
import { defineConfig } from 'rolldown';
import { publishable } from './publishable.mjs';

export default defineConfig({
  input: 'src/index.ts',
  platform: 'node',
  external: /^node:/,
  resolve: { conditionNames: ['@kakunin/source', 'node', 'import'], tsconfigFilename: 'tsconfig.json' },
  transform: { target: 'node20' },
  // Modules of the domain only define things: what is not used of them, such as the schemas of zod, is left out.
  treeshake: { moduleSideEffects: false },
  plugins: [publishable()],
  output: { dir: 'dist', format: 'esm', sourcemap: true, entryFileNames: '[name].js' },
});
