import { DerReader, encodeDer, equalOctets, objectIdentifier } from '@kakunin/der';
import { type Extension, type SignatureAlgorithm, signatureAlgorithmIdentifier } from '@kakunin/x509';
import { OCSP } from './object-identifiers.ts';

/** An AlgorithmIdentifier, or an SMIMECapability, which is written alike. */
interface Algorithm {
  readonly identifier: string;
  /** DER, whatever it is. */
  readonly parameters: Uint8Array | undefined;
}

const EC_PUBLIC_KEY = '1.2.840.10045.2.1';

/** What a client may say of the key that shall sign (RFC 3279, 2.3; RFC 5480, 2.1; RFC 8410, 3). */
const KEYS: Readonly<Record<SignatureAlgorithm, { readonly identifier: string; readonly curve?: string }>> = {
  'rsa-sha256': { identifier: '1.2.840.113549.1.1.1' },
  'ecdsa-p256-sha256': { identifier: EC_PUBLIC_KEY, curve: '1.2.840.10045.3.1.7' },
  'ecdsa-p384-sha384': { identifier: EC_PUBLIC_KEY, curve: '1.3.132.0.34' },
  ed25519: { identifier: '1.3.101.112' },
};

const ALGORITHMS = (Object.keys(KEYS) as SignatureAlgorithm[]).map((name) => ({
  name,
  identifier: readAlgorithm(DerReader.of(signatureAlgorithmIdentifier[name])).identifier,
}));

/**
 * PreferredSignatureAlgorithms among a request's extensions (RFC 6960, 4.4.7.1), the most wanted first. Algorithms that
 * nothing signs with here are left out; none at all is no preference.
 * @throws DerError when the list is malformed
 */
export function readPreferredAlgorithms(extensions: readonly Extension[]): readonly SignatureAlgorithm[] {
  const extension = extensions.find(({ id }) => id === OCSP.preferredSignatureAlgorithms);
  if (!extension) return [];
  const whole = DerReader.of(extension.value);
  const preferred: SignatureAlgorithm[] = [];
  for (const list = whole.sequence(); !list.done;) {
    const name = readPreferredAlgorithm(list.sequence());
    if (name) preferred.push(name);
  }
  whole.finish();
  return preferred;
}

function readPreferredAlgorithm(fields: DerReader): SignatureAlgorithm | undefined {
  const signature = readAlgorithm(fields);
  const key = fields.done ? undefined : readAlgorithm(fields);
  fields.finish();
  return ALGORITHMS.find(({ name, identifier }) => identifier === signature.identifier && fitsKey(name, key))?.name;
}

function readAlgorithm(reader: DerReader): Algorithm {
  const fields = reader.sequence();
  const identifier = fields.objectIdentifier();
  const parameters = fields.done ? undefined : fields.element();
  fields.finish();
  return { identifier, parameters };
}

/** Whether the key that signs with this algorithm is of the kind asked for; a curve that is not named is any. */
function fitsKey(name: SignatureAlgorithm, key: Algorithm | undefined): boolean {
  if (!key) return true;
  const { identifier, curve } = KEYS[name];
  if (key.identifier !== identifier) return false;
  return !curve || !key.parameters || equalOctets(key.parameters, encodeDer(objectIdentifier(curve)));
}
