import {
  bitString,
  constructed,
  contextConstructed,
  type DerPart,
  encodeDer,
  enumerated,
  integer,
  integerOctets,
  sequence,
  time,
} from '@kakunin/der';
import type { TestCa } from '@kakunin/testing/test-ca';
import {
  authorityKeyIdentifier,
  encodeExtension,
  type Extension,
  EXTENSION,
  signatureAlgorithmIdentifier,
} from '@kakunin/x509';

/** The parts of a CRL, each of which a test may replace by a wrong one, or leave out (null). */
export interface CrlParts {
  readonly version?: DerPart | null;
  readonly innerAlgorithm?: DerPart;
  readonly outerAlgorithm?: DerPart;
  readonly issuer?: DerPart;
  readonly thisUpdate?: DerPart;
  readonly nextUpdate?: DerPart | null;
  readonly entries?: readonly DerPart[] | null;
  readonly extensions?: readonly Extension[] | null;
}

export const NOW = Date.UTC(2026, 10, 22);
const HOUR = 3_600_000;

export const numberExtension = (number: number | bigint, critical = false): Extension => ({
  id: EXTENSION.crlNumber,
  critical,
  value: encodeDer(integer(number)),
});

export const keyExtension = (ca: TestCa): Extension => authorityKeyIdentifier(ca.certificate.subjectKeyIdentifier!);

/** An entry of any serial number octets, date and extensions. */
export const craftEntry = (serial: number | Uint8Array, ...rest: readonly DerPart[]): DerPart =>
  sequence(
    typeof serial === 'number' ? integer(serial) : integerOctets(serial),
    ...(rest.length > 0 ? rest : [time(NOW)]),
  );

export const reasonExtension = (code: number, critical = false): Extension => ({
  id: EXTENSION.reasonCode,
  critical,
  value: encodeDer(enumerated(code)),
});

/** Entry extensions, in the list that an entry holds. */
export const extensionList = (...extensions: readonly Extension[]): DerPart =>
  sequence(...extensions.map(encodeExtension));

/** A signed CRL of these parts, right or wrong; by default one that breaks no rule. */
export async function craftCrl(ca: TestCa, parts: CrlParts = {}): Promise<Buffer> {
  const { key } = ca.credential;
  const algorithm = signatureAlgorithmIdentifier[key.algorithm];
  const { entries = [craftEntry(1)], extensions = [keyExtension(ca), numberExtension(7)] } = parts;
  const tbs = encodeDer(
    sequence(
      parts.version === null ? undefined : (parts.version ?? integer(1)),
      parts.innerAlgorithm ?? algorithm,
      parts.issuer ?? ca.certificate.subject,
      parts.thisUpdate ?? time(NOW),
      parts.nextUpdate === null ? undefined : (parts.nextUpdate ?? time(NOW + 24 * HOUR)),
      entries ? sequence(...entries) : undefined,
      extensions ? constructed(contextConstructed(0), [extensionList(...extensions)]) : undefined,
    ),
  );
  const signature = await key.sign(tbs);
  return encodeDer(sequence(tbs, parts.outerAlgorithm ?? algorithm, bitString(signature)));
}

/** Octets in pieces of a size, as a disk or a network delivers them. */
export async function* inPieces(octets: Uint8Array, size = octets.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
}
