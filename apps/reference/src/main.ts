// `npm run docs`: writes the generated part of docs/reference anew.
import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { referenceFiles } from './reference.ts';

const directory = join(process.cwd(), 'docs', 'reference');
for (const [path, text] of await referenceFiles()) {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`docs/reference/${path}\n`);
}
