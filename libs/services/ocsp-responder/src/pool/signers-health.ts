import type { HealthResult } from '@kakunin/runtime';
import type { WorkerPlace } from './worker-place.ts';

/** Every worker has keys of its own, read from the same files: what one says of them may be true of it alone. */
export function signersHealth(places: readonly Pick<WorkerPlace, 'signers'>[]): HealthResult {
  const said = places.map(({ signers }) => signers ?? { ok: false, detail: 'not looked at yet' });
  const red = said.filter(({ ok }) => !ok).map(({ detail }) => detail);
  const detail = [...new Set(red.length > 0 ? red : said.map((each) => each.detail))].join('; ');
  return { ok: red.length === 0, detail };
}
