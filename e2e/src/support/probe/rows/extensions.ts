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
import { MALFORMED, nonceOf, type Probe, type ProbeRow, type Right } from '../probe.ts';

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

const rowOf =
  (from: string) =>
  (rule: string, right: Right, ...extensions: readonly Extension[]): ProbeRow => ({
    rule,
    from,
    ask: (probe) => probe.post(probe.request({ extensions })),
    right,
  });

const GOOD: Right = ['good'];
/** A responder whose answers were signed before may leave the nonce out (RFC 9919, 5). */
const ECHOED: Right = ['good', 'good: nonce_missing'];
const nonceRow = rowOf(NONCE);
const extensionRow = rowOf(EXTENSIONS);
const preferredRow = rowOf(PREFERRED);

/** With extensions of the Request itself (singleRequestExtensions). */
const within = (probe: Probe, list: DerPart): Uint8Array =>
  probe.request({ requests: [sequence(probe.certId(), constructed(contextConstructed(0), [list]))] });

const algorithm = (identifier: string): DerPart => sequence(sequence(objectIdentifier(identifier)));

/** Nonces and other extensions. */
export const EXTENSION_ROWS: readonly ProbeRow[] = [
  ...[1, 32, 128].map((length) => nonceRow(`a nonce of ${length}, echoed`, ECHOED, nonceOf(length))),
  nonceRow('a nonce of 0', MALFORMED, nonceOf(0)),
  nonceRow('a nonce of 129', MALFORMED, nonceOf(129)),
  nonceRow('two nonces', MALFORMED, nonceOf(16), nonceOf(16)),
  nonceRow('a nonce that is no OCTET STRING', MALFORMED, extension(nonceOf(1).id, nothing)),
  {
    rule: 'a second nonce gets an answer of its own',
    from: NONCE,
    ask: async (probe) => {
      await probe.post(probe.request({ extensions: [nonceOf(16)] }));
      return probe.post(probe.request({ extensions: [nonceOf(17)] }));
    },
    right: ECHOED,
  },
  {
    rule: 'no nonce asked for, none given',
    from: NONCE,
    ask: async (probe) => {
      await probe.post(probe.request({ extensions: [nonceOf(16)] }));
      return probe.post(probe.request());
    },
    right: GOOD,
  },
  extensionRow('an unknown extension', GOOD, extension(UNKNOWN)),
  extensionRow('an unknown critical extension', MALFORMED, extension(UNKNOWN, nothing, true)),
  extensionRow('an extension that comes twice', MALFORMED, extension(UNKNOWN), extension(UNKNOWN)),
  {
    rule: 'an unknown extension within a Request',
    from: EXTENSIONS,
    ask: (probe) => probe.post(within(probe, encodeExtensions([extension(UNKNOWN)])!)),
    right: GOOD,
  },
  {
    rule: 'an unknown critical extension within a Request',
    from: EXTENSIONS,
    ask: (probe) => probe.post(within(probe, encodeExtensions([extension(UNKNOWN, nothing, true)])!)),
    right: MALFORMED,
  },
  {
    rule: 'an empty list of extensions',
    from: EXTENSIONS,
    ask: (probe) => probe.post(within(probe, sequence())),
    right: MALFORMED,
  },
  rowOf('RFC 6960, 4.4.3')(
    'acceptableResponses',
    GOOD,
    extension('1.3.6.1.5.5.7.48.1.4', sequence(objectIdentifier('1.3.6.1.5.5.7.48.1.1'))),
  ),
  preferredRow(
    'preferred algorithms',
    GOOD,
    extension(PREFERRED_ALGORITHMS, sequence(algorithm('1.2.840.10045.4.3.2'))),
  ),
  preferredRow(
    'preferred algorithms that nobody knows',
    GOOD,
    extension(PREFERRED_ALGORITHMS, sequence(algorithm(UNKNOWN))),
  ),
  preferredRow(
    'preferred algorithms that are no list',
    MALFORMED,
    extension(PREFERRED_ALGORITHMS, octetString(Buffer.of(1))),
  ),
];
