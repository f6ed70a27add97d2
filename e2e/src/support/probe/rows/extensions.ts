import {
  constructed,
  contextConstructed,
  type DerPart,
  encodeDer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
} from '@kakunin/der';
import { encodeExtensions, type Extension } from '@kakunin/x509';
import { nonceOf, type Probe, type ProbeRow } from '../probe.ts';

const NONCE = 'RFC 9654, 2.1';
const EXTENSIONS = 'RFC 6960, 4.4; RFC 5280, 4.2';
const PREFERRED = 'RFC 6960, 4.4.7';
const UNKNOWN = '1.2.3.4.5';
const PREFERRED_ALGORITHMS = '1.3.6.1.5.5.7.48.1.8';

const extension = (id: string, value: DerPart = nothing, critical = false): Extension => ({
  id,
  critical,
  value: encodeDer(value),
});

const row = (rule: string, from: string, right: string, ...extensions: readonly Extension[]): ProbeRow => ({
  rule,
  from,
  ask: (probe) => probe.post(probe.request({ extensions })),
  right,
  ...(right === 'malformedRequest' && { alsoRight: ['HTTP 400'] }),
});

/** With extensions of the Request itself (singleRequestExtensions). */
const within = (probe: Probe, list: DerPart): Uint8Array =>
  probe.request({ requests: [sequence(probe.certId(), constructed(contextConstructed(0), [list]))] });

const algorithm = (identifier: string): DerPart => sequence(sequence(objectIdentifier(identifier)));

/** Nonces and other extensions. */
export const EXTENSION_ROWS: readonly ProbeRow[] = [
  ...[1, 32, 128].map((length) => row(`a nonce of ${length}, echoed`, NONCE, 'good', nonceOf(length))),
  row('a nonce of 0', NONCE, 'malformedRequest', nonceOf(0)),
  row('a nonce of 129', NONCE, 'malformedRequest', nonceOf(129)),
  row('two nonces', NONCE, 'malformedRequest', nonceOf(16), nonceOf(16)),
  row('a nonce that is no OCTET STRING', NONCE, 'malformedRequest', extension(nonceOf(1).id, nothing)),
  {
    rule: 'a second nonce gets an answer of its own',
    from: NONCE,
    ask: async (probe) => {
      await probe.post(probe.request({ extensions: [nonceOf(16)] }));
      return probe.post(probe.request({ extensions: [nonceOf(17)] }));
    },
    right: 'good',
  },
  {
    rule: 'no nonce asked for, none given',
    from: NONCE,
    ask: async (probe) => {
      await probe.post(probe.request({ extensions: [nonceOf(16)] }));
      return probe.post(probe.request());
    },
    right: 'good',
  },
  row('an unknown extension', EXTENSIONS, 'good', extension(UNKNOWN)),
  row('an unknown critical extension', EXTENSIONS, 'malformedRequest', extension(UNKNOWN, nothing, true)),
  row('an extension that comes twice', EXTENSIONS, 'malformedRequest', extension(UNKNOWN), extension(UNKNOWN)),
  {
    rule: 'an unknown extension within a Request',
    from: EXTENSIONS,
    ask: (probe) => probe.post(within(probe, encodeExtensions([extension(UNKNOWN)])!)),
    right: 'good',
  },
  {
    rule: 'an unknown critical extension within a Request',
    from: EXTENSIONS,
    ask: (probe) => probe.post(within(probe, encodeExtensions([extension(UNKNOWN, nothing, true)])!)),
    right: 'malformedRequest',
    alsoRight: ['HTTP 400'],
  },
  {
    rule: 'an empty list of extensions',
    from: EXTENSIONS,
    ask: (probe) => probe.post(within(probe, sequence())),
    right: 'malformedRequest',
    alsoRight: ['HTTP 400'],
  },
  row(
    'acceptableResponses',
    'RFC 6960, 4.4.3',
    'good',
    extension('1.3.6.1.5.5.7.48.1.4', sequence(objectIdentifier('1.3.6.1.5.5.7.48.1.1'))),
  ),
  row(
    'preferred algorithms',
    PREFERRED,
    'good',
    extension(PREFERRED_ALGORITHMS, sequence(algorithm('1.2.840.10045.4.3.2'))),
  ),
  row(
    'preferred algorithms that nobody knows',
    PREFERRED,
    'good',
    extension(PREFERRED_ALGORITHMS, sequence(algorithm(UNKNOWN))),
  ),
  row(
    'preferred algorithms that are no list',
    PREFERRED,
    'malformedRequest',
    extension(PREFERRED_ALGORITHMS, octetString(Buffer.of(1))),
  ),
];
