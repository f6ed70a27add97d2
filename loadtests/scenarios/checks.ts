import { SharedArray } from 'k6/data';
import { type Check, unpackCheck } from '../lib/check-list.ts';
import { here } from './here.ts';
import { plan } from './plan.ts';

/** One list for all callers of this k6: each would else have its own. */
const checks = new SharedArray('checks', () => Array.from(new Uint32Array(open(__ENV['CHECKS'] ?? '', 'b'))));
const STREAMS = 4;

/**
 * What the next check is about: the same in every run of this plan.
 * @param stream 0 to 3: each begins elsewhere in the list
 */
export function nextCheck(stream: number): Check {
  const place = here().iterationInTest + Math.floor((stream * checks.length) / STREAMS);
  return unpackCheck(checks[place % checks.length]!, plan.authorities.length);
}
