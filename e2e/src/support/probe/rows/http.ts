import { MALFORMED, OCSP_REQUEST, type Probe, type ProbeRow } from '../probe.ts';
import { whileSilent } from '../send.ts';

const askWhileSilent =
  (octets: string) =>
  (probe: Probe): Promise<string> =>
    whileSilent(probe.responder.port, octets, () => probe.post(probe.about('good')));

const methodRow = (method: string, ...alsoRight: readonly string[]): ProbeRow => ({
  rule: `${method} is no way to ask`,
  from: 'RFC 6960, A.1; RFC 9110, 15.5.6',
  ask: async (probe) => {
    const answer = await probe.send({ method, headers: OCSP_REQUEST });
    return answer ? `HTTP ${answer.status}` : 'no answer';
  },
  right: ['HTTP 405', 'HTTP 400', 'HTTP 404', 'HTTP 501', ...alsoRight],
});

/** Connections, POST, and methods. */
export const HTTP_ROWS: readonly ProbeRow[] = [
  {
    rule: 'a connection on which nothing comes: others are served',
    from: 'availability',
    ask: askWhileSilent(''),
    right: ['good'],
  },
  {
    rule: 'a head that does not end: others are served',
    from: 'availability',
    ask: askWhileSilent('POST /ocsp HTTP/1.1\r\nHost: x\r\nX-'),
    right: ['good'],
  },
  {
    rule: 'a body that does not come: others are served',
    from: 'availability',
    ask: askWhileSilent(
      'POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Type: application/ocsp-request\r\nContent-Length: 80\r\n\r\n0',
    ),
    right: ['good'],
  },
  { rule: 'POST', from: 'RFC 6960, A.1', ask: (probe) => probe.post(probe.about('good')), right: ['good'] },
  {
    rule: 'POST with Transfer-Encoding: chunked',
    from: 'RFC 9112, 7.1',
    ask: (probe) => probe.post(probe.about('good'), { ...OCSP_REQUEST, 'transfer-encoding': 'chunked' }),
    right: ['good'],
  },
  {
    rule: 'POST with Expect: 100-continue',
    from: 'RFC 9110, 10.1.1',
    ask: async (probe) => {
      const body = probe.about('good');
      const headers = { ...OCSP_REQUEST, expect: '100-continue', 'content-length': `${body.length}` };
      const answer = await probe.send({ headers, body });
      return `${answer?.continued ? 'continue' : 'nothing'}, ${probe.said(answer, body)}`;
    },
    right: ['continue, good'],
  },
  {
    rule: 'media type in upper case, with a parameter',
    from: 'RFC 9110, 8.3.1',
    ask: (probe) => probe.post(probe.about('good'), { 'content-type': 'Application/OCSP-Request; v=1' }),
    right: ['good'],
  },
  {
    rule: 'POST without a content type',
    from: 'RFC 6960, A.1',
    ask: (probe) => probe.post(probe.about('good'), {}),
    right: ['HTTP 415', ...MALFORMED],
  },
  {
    rule: 'POST of another content type',
    from: 'RFC 6960, A.1',
    ask: (probe) => probe.post(probe.about('good'), { 'content-type': 'text/plain' }),
    right: ['HTTP 415', ...MALFORMED],
  },
  {
    rule: 'a body of a megabyte',
    from: 'RFC 9110, 15.5.14',
    ask: (probe) => probe.post(Buffer.alloc(1_048_576, 0x30)),
    right: ['HTTP 413', ...MALFORMED],
  },
  methodRow('HEAD', 'HTTP 200'),
  methodRow('PUT'),
  methodRow('OPTIONS', 'HTTP 200', 'HTTP 204'),
];
