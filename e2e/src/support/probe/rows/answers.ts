import type { Named } from '../population.ts';
import { nonceOf, type Probe, type ProbeRow, type Right } from '../probe.ts';
import { basicResponseIn } from '../what-is-said.ts';

const STATUS = 'RFC 6960, 2.2';
const CACHING = 'RFC 9919, 7.2';
const IMF_FIXDATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

/** `yes`, or the names of what does not hold. */
const all = (facts: Readonly<Record<string, boolean>>): string =>
  Object.entries(facts)
    .filter(([, holds]) => !holds)
    .map(([fact]) => `not ${fact}`)
    .join(', ') || 'yes';

const isDate = (text: unknown): text is string => typeof text === 'string' && IMF_FIXDATE.test(text);

async function times(probe: Probe): Promise<string> {
  const body = probe.request({ extensions: [nonceOf(16)] });
  const basic = basicResponseIn(await probe.send({ headers: { 'content-type': 'application/ocsp-request' }, body }));
  const single = basic?.responses[0];
  if (!basic || !single) return 'no answer';
  const { thisUpdate, nextUpdate = 0 } = single;
  return all({
    'producedAt by now': basic.producedAt <= Date.now(),
    'thisUpdate by then': thisUpdate <= basic.producedAt,
    'nextUpdate later': nextUpdate > basic.producedAt,
    'nextUpdate within the responder’s time': nextUpdate <= probe.population.responder.certificate.notAfter,
  });
}

async function cachingHeaders(probe: Probe): Promise<string> {
  const answer = await probe.answerToGet(probe.about('good'));
  const single = basicResponseIn(answer)?.responses[0];
  if (!answer || !single?.nextUpdate) return 'no answer';
  const { headers } = answer;
  const maxAge = Number(/(?:^|[ ,])max-age=(\d+)/.exec(headers['cache-control'] ?? '')?.[1] ?? Number.NaN);
  const left = (single.nextUpdate - Date.now()) / 1_000;
  return all({
    'Date an HTTP date': isDate(headers.date),
    'Expires nextUpdate': isDate(headers.expires) && Date.parse(headers.expires) === single.nextUpdate,
    'Last-Modified thisUpdate':
      isDate(headers['last-modified']) && Date.parse(headers['last-modified']) === single.thisUpdate,
    'max-age until nextUpdate': Math.abs(maxAge - left) < 10,
    'a strong ETag': /^"[^"]+"$/.test(headers.etag ?? ''),
  });
}

async function entityTag(probe: Probe): Promise<string> {
  const [one, two] = [await probe.answerToGet(probe.about('good')), await probe.answerToGet(probe.about('good'))];
  const other = await probe.answerToGet(probe.about('revoked'));
  const tag = one?.headers.etag;
  if (!one || !two || tag === undefined) return 'no ETag';
  const again = await probe.answerToGet(probe.about('good'), { headers: { 'if-none-match': tag } });
  return all({
    'the same for the same octets': one.body.equals(two.body) === (tag === two.headers.etag),
    'another for others': other?.headers.etag !== tag,
    '304 without a body': again?.status === 304 && again.body.length === 0,
  });
}

const uncached = (rule: string, ask: (probe: Probe) => Uint8Array): ProbeRow => ({
  rule,
  from: CACHING,
  ask: async (probe) => {
    const answer = await probe.answerToGet(ask(probe));
    if (!answer) return 'no answer';
    const kept = /max-age=[1-9]/.test(answer.headers['cache-control'] ?? '') || answer.headers.expires !== undefined;
    return kept ? 'may be kept' : 'not kept';
  },
  right: ['not kept'],
});

const status = (rule: string, name: Named, right: Right): ProbeRow => ({
  rule,
  from: STATUS,
  ask: (probe) => probe.post(probe.about(name)),
  right,
});

/** What is said, when, and for how long. */
export const ANSWER_ROWS: readonly ProbeRow[] = [
  status('good', 'good', ['good']),
  status('revoked, with time and reason', 'revoked', ['revoked keyCompromise 2026-01-31']),
  status('on hold', 'held', ['revoked certificateHold 2026-01-31']),
  status('never issued', 'neverIssued', ['unknown', 'revoked certificateHold 1970-01-01', 'unauthorized']),
  status('expired', 'expired', ['good', 'unauthorized', 'unknown']),
  { rule: 'producedAt, thisUpdate, nextUpdate', from: 'RFC 6960, 2.4', ask: times, right: ['yes'] },
  { rule: 'GET may be kept until nextUpdate', from: CACHING, ask: cachingHeaders, right: ['yes'] },
  { rule: 'entity tags', from: 'RFC 9110, 8.8.3', ask: entityTag, right: ['yes'] },
  uncached('GET with a nonce is not kept', (probe) => probe.request({ extensions: [nonceOf(16)] })),
  uncached('a refusal is not kept', () => Buffer.from('no request')),
];
