import { optionsOf } from './options.ts';
import { plan } from './plan.ts';

export { crlConditional, crlDelta, crlFull } from './crl.ts';
export { identification } from './identification.ts';
export { greedyCaller, ocspGet, ocspHandshake, ocspPost } from './ocsp.ts';
export { usageEvents } from './usage-events.ts';

export const options = optionsOf(plan);

/** Everything that was measured, as a file; the harness judges it. */
export const handleSummary = (data: unknown): Record<string, string> => ({
  [__ENV['SUMMARY'] ?? 'summary.json']: JSON.stringify(data),
});
