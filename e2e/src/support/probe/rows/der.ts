import { contextConstructed, encodeDer, integer, TAG } from '@kakunin/der';
import { MALFORMED, type Probe, type ProbeRow } from '../probe.ts';

const DER = 'RFC 6960, 4.1.1; X.690, 10';

/** Cuts fall on tags, lengths and contents alike. */
const EVERY = 11;

const refused = (rule: string, spoil: (request: Buffer, probe: Probe) => Uint8Array): ProbeRow => ({
  rule,
  from: DER,
  ask: (probe) => probe.post(spoil(Buffer.from(probe.about('good')), probe)),
  right: MALFORMED,
});

/** Content of the outermost SEQUENCE, whose length takes one octet. */
const content = (request: Buffer): Buffer => request.subarray(2);

/** Octets that are a request, nearly. */
export const DER_ROWS: readonly ProbeRow[] = [
  refused('an empty body', () => new Uint8Array()),
  refused('text', () => Buffer.from('no request')),
  refused('a request that is cut off', (request) => request.subarray(0, -1)),
  {
    rule: 'a request that is cut off elsewhere',
    from: DER,
    ask: async (probe) => {
      const request = probe.about('good');
      const said = new Set<string>();
      for (let length = 1; length < request.length; length += EVERY)
        said.add(await probe.post(request.subarray(0, length)));
      return [...said].join(' or ');
    },
    right: MALFORMED,
  },
  refused('an octet behind the end', (request) => Buffer.concat([request, Buffer.of(0)])),
  refused('an indefinite length (BER)', (request) =>
    Buffer.concat([Buffer.of(TAG.sequence, 0x80), content(request), Buffer.of(0, 0)]),
  ),
  refused('a length in more octets than it needs (BER)', (request) =>
    Buffer.concat([Buffer.of(TAG.sequence, 0x81, request.length - 2), content(request)]),
  ),
  refused('a length of four gigabytes', (request) =>
    Buffer.concat([Buffer.of(TAG.sequence, 0x84, 0xff, 0xff, 0xff, 0xff), content(request)]),
  ),
  refused('an element that a request does not have', (_, probe) =>
    probe.request({ signature: encodeDer({ tag: contextConstructed(5), contentSize: 0, content: [] }) }),
  ),
  {
    rule: 'v1, written out',
    from: DER,
    ask: (probe) => probe.post(probe.request({ version: integer(0) })),
    right: ['good'],
  },
  refused('version 2', (_, probe) => probe.request({ version: integer(1) })),
];
