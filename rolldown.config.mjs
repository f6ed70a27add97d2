// Bundles one app (the working directory) into dist/main.js: our own sources inside, packages from npm outside.
import { isAbsolute } from 'node:path';
import { defineConfig } from 'rolldown';

export default defineConfig({
  input: 'src/main.ts',
  platform: 'node',
  external: (id) => !isAbsolute(id) && !['.', '@kakunin/', '@oxc-project/runtime'].some((own) => id.startsWith(own)),
  resolve: { conditionNames: ['@kakunin/source', 'node', 'import'], tsconfigFilename: 'tsconfig.json' },
  transform: { target: 'node24' },
  output: { dir: 'dist', format: 'esm', sourcemap: true, entryFileNames: '[name].js' },
});
