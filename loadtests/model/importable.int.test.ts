import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { capacityTable } from './capacity-tables.ts';
import { demandTable } from './demand-tables.ts';
import { MEASURED } from './measured.ts';
import { POLICY } from './policy.ts';
import { certificateOfCheck } from './population.ts';

/** A module and what it imports, run where there is ECMAScript and nothing else, as in k6. */
async function runBare(file: string, expression: string): Promise<unknown> {
  const bundle = await rolldown({ input: fileURLToPath(new URL(file, import.meta.url)) });
  const { output } = await bundle.generate({ format: 'iife', name: 'model' });
  await bundle.close();
  return JSON.parse(runInNewContext(`${output[0].code}; JSON.stringify(${expression})`) as string);
}

test('the model computes without anything of Node', async () => {
  expect(await runBare('demand-tables.ts', "model.demandTable('ja')")).toEqual(demandTable('ja'));
  const input = { measured: MEASURED, policy: POLICY, language: 'en' } as const;
  const printed = await runBare('capacity-tables.ts', `model.capacityTable(${JSON.stringify(input)})`);
  expect(printed).toEqual(capacityTable(input));
});

test('the population is the same without anything of Node', async () => {
  const population = { seed: 7, size: 200_000_000, revokedShare: 0.1, smartphoneShare: 0.2, reuseExponent: 0.8 };
  const made = await runBare('population.ts', `model.certificateOfCheck(${JSON.stringify(population)}, 1, 5)`);
  expect(made).toEqual(certificateOfCheck(population, 1, 5));
});
