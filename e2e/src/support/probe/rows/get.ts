import { MALFORMED, type Probe, type ProbeRow } from '../probe.ts';

const A1 = 'RFC 6960, A.1';
const GET_6 = 'RFC 9919, 6';

/** The base64 of the request that is sent must show what the row is about. */
const spelled =
  (what: RegExp, spell: (base64: string) => string) =>
  (base64: string): string => {
    if (!what.test(base64)) throw new Error(`This base64 does not match ${what}.`);
    return spell(base64);
  };

const good = (probe: Probe): Uint8Array => probe.about('good');
const slashes = (probe: Probe): Uint8Array => probe.about('slashes');

/** A request whose base64 is padded: its length depends on the hash alone. */
const padded = (probe: Probe): Uint8Array =>
  (['sha1', 'sha256', 'sha384'] as const)
    .map((algorithm) => probe.request({ certIds: [probe.certId('good', algorithm)] }))
    .find(({ length }) => length % 3 > 0)!;

/** GET in every spelling. */
export const GET_ROWS: readonly ProbeRow[] = [
  { rule: 'GET, percent-encoded', from: A1, ask: (probe) => probe.get(slashes(probe)), right: ['good'] },
  {
    rule: 'GET, percent-encoded in lower case',
    from: 'RFC 3986, 2.1',
    ask: (probe) => {
      const encode = (base64: string) => encodeURIComponent(base64).replace(/%../g, (code) => code.toLowerCase());
      return probe.get(slashes(probe), encode);
    },
    right: ['good'],
  },
  {
    rule: 'GET, base64 as it is',
    from: GET_6,
    ask: (probe) => probe.get(good(probe), (base64) => base64),
    right: ['good'],
  },
  {
    rule: 'GET, // and + inside the base64, without a redirect',
    from: GET_6,
    ask: (probe) =>
      probe.get(
        slashes(probe),
        spelled(/\/\/.*\+/, (base64) => base64),
      ),
    right: ['good'],
  },
  {
    rule: 'GET, + turned into a space',
    from: GET_6,
    ask: (probe) =>
      probe.get(
        slashes(probe),
        spelled(/\+/, (base64) => encodeURIComponent(base64.replaceAll('+', ' '))),
      ),
    right: ['good'],
  },
  {
    rule: 'GET, a slash too many in front',
    from: GET_6,
    ask: (probe) => probe.get(good(probe), (base64) => `/${encodeURIComponent(base64)}`),
    right: ['good'],
  },
  {
    rule: 'GET, padding missing',
    from: GET_6,
    ask: (probe) =>
      probe.get(
        padded(probe),
        spelled(/=$/, (base64) => encodeURIComponent(base64.replace(/=+$/, ''))),
      ),
    right: ['good'],
  },
  {
    rule: 'GET of what is no base64',
    from: A1,
    ask: (probe) => probe.get(good(probe), (base64) => `${base64.slice(0, 20)}*`),
    right: MALFORMED,
  },
  {
    rule: 'GET of base64 that is no request',
    from: A1,
    ask: (probe) => probe.get(Buffer.from('no request'), (base64) => `M${base64}`),
    right: MALFORMED,
  },
];
