import http from 'k6/http';
import { optionsOf } from './options.ts';
import { plan } from './plan.ts';

export { crlConditional, crlDelta, crlFull } from './crl.ts';
export { identification } from './identification.ts';
export { greedyCaller, ocspGet, ocspHandshake, ocspPost } from './ocsp.ts';
export { usageEvents } from './usage-events.ts';

export const options = optionsOf(plan);

// Answers are judged by what they say: k6 need not count which had a status that it expects. Its types know no null here.
http.setResponseCallback(null as never);

/** All generators begin at the same moment, when the last one has made its callers. */
export const setup = (): void => void http.get(plan.startUrl, { timeout: '300s' });

/** Everything that was measured, as a file; the harness judges it. */
export const handleSummary = (data: unknown): Record<string, string> => ({
  [__ENV['SUMMARY'] ?? 'summary.json']: JSON.stringify(data),
});
