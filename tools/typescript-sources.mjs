// Preload (`node --import`) with which Node runs our TypeScript where stripping types is not enough: decorators, parameter
// properties. For programs that are no app and have no bundle. The transformer is the bundler's: `typescript` takes six
// times as long.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'rolldown/utils';

const options = {
  target: 'es2024',
  decorator: { legacy: true },
  typescript: { onlyRemoveTypeImports: true },
  // What decorators become calls this global.
  helpers: { mode: 'External' },
  sourcemap: true,
  tsconfig: false,
};

globalThis.babelHelpers = {
  /** The decorator nearest to what is decorated is applied first; what it returns takes its place. */
  decorate(decorators, target, ...member) {
    const [key, descriptor] = member;
    let decorated = descriptor === null ? Object.getOwnPropertyDescriptor(target, key) : (descriptor ?? target);
    for (const decorator of decorators.toReversed()) {
      const args = key === undefined ? [decorated] : [target, key, decorated];
      decorated = decorator(...args) ?? decorated;
    }
    if (key !== undefined && decorated) Object.defineProperty(target, key, decorated);
    return decorated;
  },
  decorateParam: (index, decorator) => (target, key) => decorator(target, key, index),
};

registerHooks({
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const fileName = fileURLToPath(url);
    const { code, map, errors } = transformSync(fileName, readFileSync(fileName, 'utf8'), options);
    if (errors.length > 0) throw errors[0];
    const inlined = Buffer.from(JSON.stringify(map)).toString('base64');
    return {
      format: 'module',
      source: `${code}\n//# sourceMappingURL=data:application/json;base64,${inlined}\n`,
      shortCircuit: true,
    };
  },
});
