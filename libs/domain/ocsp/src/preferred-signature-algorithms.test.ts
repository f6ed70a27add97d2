import { encodeDer, integer, nothing, objectIdentifier, sequence } from '@kakunin/der';
import * as asn1js from 'asn1js';
import { AlgorithmIdentifier } from 'pkijs';
import { describe, expect, test } from 'vitest';
import { OCSP } from './object-identifiers.ts';
import { parseOcspRequest } from './ocsp-request.ts';
import { requestWith } from './testing/request-corpus.ts';

const RSA_SHA256 = '1.2.840.113549.1.1.11';
const RSA_PSS = '1.2.840.113549.1.1.10';
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const ECDSA_SHA384 = '1.2.840.10045.4.3.3';
const ED25519 = '1.3.101.112';
const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const P256 = '1.2.840.10045.3.1.7';
const P384 = '1.3.132.0.34';

function parse(value: Uint8Array) {
  const extensions = [{ id: OCSP.preferredSignatureAlgorithms, critical: false, value }];
  return parseOcspRequest(requestWith({ extensions }), { maxRequests: 1 });
}

/** Written by pkijs: a signature algorithm, and the key's and its curve when given. */
function listOf(...entries: readonly (readonly [string, string?, string?])[]): Uint8Array {
  const preferred = entries.map(([signature, key, curve]) => {
    const algorithm = new AlgorithmIdentifier({ algorithmId: signature });
    const algorithmParams = curve && new asn1js.ObjectIdentifier({ value: curve });
    const keyAlgorithm =
      key && new AlgorithmIdentifier({ algorithmId: key, ...(algorithmParams && { algorithmParams }) });
    const value = [algorithm.toSchema(), ...(keyAlgorithm ? [keyAlgorithm.toSchema()] : [])];
    return new asn1js.Sequence({ value });
  });
  return new Uint8Array(new asn1js.Sequence({ value: preferred }).toBER());
}

const preferredIn = (value: Uint8Array) => parse(value).ok?.preferredAlgorithms;

describe('PreferredSignatureAlgorithms', () => {
  test('are read in the order of preference', () => {
    expect(preferredIn(listOf([ED25519], [ECDSA_SHA384], [RSA_SHA256], [ECDSA_SHA256]))).toEqual([
      'ed25519',
      'ecdsa-p384-sha384',
      'rsa-sha256',
      'ecdsa-p256-sha256',
    ]);
  });

  test('golden: sha256WithRSAEncryption with NULL, then ecdsa-with-SHA256 on P-256', () => {
    const rsa = '300f 300d 06092a864886f70d01010b 0500';
    const ecdsa = '3021 300a 06082a8648ce3d040302 3013 06072a8648ce3d0201 06082a8648ce3d030107';
    expect(preferredIn(Buffer.from(`3034${rsa}${ecdsa}`.replaceAll(' ', ''), 'hex'))).toEqual([
      'rsa-sha256',
      'ecdsa-p256-sha256',
    ]);
  });

  test('what nothing signs with here is ignored', () => {
    expect(preferredIn(listOf([RSA_PSS], ['1.2.3.4'], [ECDSA_SHA256]))).toEqual(['ecdsa-p256-sha256']);
    expect(preferredIn(listOf([RSA_PSS]))).toEqual([]);
    expect(preferredIn(listOf())).toEqual([]);
  });

  test('a kind of key and a curve that are named must fit', () => {
    expect(preferredIn(listOf([ECDSA_SHA256, EC_PUBLIC_KEY]))).toEqual(['ecdsa-p256-sha256']);
    expect(preferredIn(listOf([ECDSA_SHA256, EC_PUBLIC_KEY, P256]))).toEqual(['ecdsa-p256-sha256']);
    expect(preferredIn(listOf([ECDSA_SHA256, EC_PUBLIC_KEY, P384]))).toEqual([]);
    expect(preferredIn(listOf([ECDSA_SHA384, EC_PUBLIC_KEY, P384]))).toEqual(['ecdsa-p384-sha384']);
    expect(preferredIn(listOf([RSA_SHA256, EC_PUBLIC_KEY]))).toEqual([]);
  });

  test('a malformed list is malformedRequest', () => {
    const algorithm = sequence(objectIdentifier(RSA_SHA256), nothing);
    const malformed = [
      nothing,
      sequence(algorithm),
      sequence(sequence()),
      sequence(sequence(integer(1))),
      sequence(sequence(algorithm, algorithm, algorithm)),
      sequence(sequence(sequence(objectIdentifier(RSA_SHA256), nothing, nothing))),
    ];
    for (const value of malformed) expect(parse(encodeDer(value)).refusal).toBe('malformedRequest');
    expect(parse(Buffer.concat([encodeDer(sequence()), Buffer.alloc(1)])).refusal).toBe('malformedRequest');
    expect(parse(encodeDer(sequence(sequence(algorithm)))).ok).toBeDefined();
  });

  test('without the extension there is no preference', () => {
    expect(parseOcspRequest(requestWith({}), { maxRequests: 1 }).ok?.preferredAlgorithms).toEqual([]);
  });
});
