// Bundles one app (the working directory) into dist/main.js: our own sources inside, packages from npm outside.
import { isAbsolute } from 'node:path';
import { defineConfig } from 'rolldown';

export default defineConfig({
  input: 'src/main.ts',
  platform: 'node',
  external: (id) => !id.startsWith('.') && !id.startsWith('@kakunin/') && !isAbsolute(id),
  resolve: { conditionNames: ['@kakunin/source', 'node', 'import'], tsconfigFilename: 'tsconfig.json' },
  transform: { decorator: { legacy: true, emitDecoratorMetadata: true }, target: 'node24' },
  output: { dir: 'dist', format: 'esm', sourcemap: true, entryFileNames: '[name].js' },
});
