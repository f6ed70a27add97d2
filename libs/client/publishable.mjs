// Beside the bundle: declarations of the public types, package.json, README and licence.
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const read = (path) => readFileSync(join(here, path), 'utf8');

/** What is loaded apart. */
const PARTS = ['blind-list', 'crl', 'identification', 'ledger', 'matching', 'news', 'ppid'];

/** A rolldown plugin. Fails when the bundle or its types need anything that is not in the package. */
export const publishable = () => ({
  name: 'publishable',
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk');
    const own = new Set(chunks.map(({ fileName }) => fileName));
    const foreign = chunks.flatMap(({ imports }) => imports.filter((id) => !id.startsWith('node:') && !own.has(id)));
    if (foreign.length > 0) throw new Error(`The bundle imports ${foreign.join(', ')}.`);
    const emit = (fileName, source) => this.emitFile({ type: 'asset', fileName, source });
    for (const entry of ['index', ...PARTS.map((part) => `${part}/index`)].map((path) => `src/${path}.ts`))
      for (const [fileName, source] of declarations(entry)) emit(fileName, source);
    emit('package.json', `${JSON.stringify(manifest(), null, 2)}\n`);
    emit('README.md', read('README.md'));
    emit('LICENSE', read('../../LICENSE'));
  },
});

/** Of a file and of what it imports, by file name. Each comes of its file alone: exported symbols state their types. */
function declarations(path, found = new Map()) {
  const fileName = relative('src', path).replace(/\.ts$/, '.d.ts');
  if (found.has(fileName)) return found;
  const { outputText, diagnostics } = ts.transpileDeclaration(read(path), {
    fileName: path,
    compilerOptions: { target: ts.ScriptTarget.ES2022, isolatedDeclarations: true, allowImportingTsExtensions: true },
  });
  for (const { messageText } of diagnostics ?? []) throw new Error(`${path}: ${messageText}`);
  found.set(fileName, outputText.replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'"));
  for (const [, imported] of outputText.matchAll(/from '([^']+)'/g)) {
    if (!/^\.\.?\//.test(imported)) throw new Error(`${path}: a public type comes from ${imported}.`);
    declarations(join(dirname(path), imported), found);
  }
  return found;
}

function manifest() {
  const { name, version, description, engines } = JSON.parse(read('package.json'));
  return {
    name,
    version,
    description,
    license: 'Apache-2.0',
    type: 'module',
    engines,
    sideEffects: false,
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      ...Object.fromEntries(
        PARTS.map((part) => [`./${part}`, { types: `./${part}/index.d.ts`, default: `./${part}.js` }]),
      ),
      './package.json': './package.json',
    },
    types: './index.d.ts',
    peerDependencies: { '@cloudflare/voprf-ts': '1.0.0' },
    peerDependenciesMeta: { '@cloudflare/voprf-ts': { optional: true } },
  };
}
