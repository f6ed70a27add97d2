import type { Plan } from '../lib/plan.ts';

/** What this run is to do; k6 reads the file once, before the load. */
export const plan = JSON.parse(open(__ENV['PLAN'] ?? '')) as Plan;
