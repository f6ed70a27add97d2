import { bitString, constructed, contextConstructed, encodeDer, sequence } from '@kakunin/der';
import { type REQUESTOR, tbsRequestWith } from '@kakunin/ocsp/testing/request-corpus';
import { signatureAlgorithmIdentifier } from '@kakunin/x509';
import type { Probe } from './probe.ts';

export interface Signing {
  /** What the signature covers; the request itself when left out. */
  readonly covers?: Uint8Array;
  readonly requestorName?: typeof REQUESTOR;
}

/** A request about the good certificate that the population's caller signed (RFC 6960, 4.1.2). */
export async function signedRequest(probe: Probe, { covers, requestorName }: Signing): Promise<Uint8Array> {
  const parts = { ...(requestorName && { requestorName }), requests: [sequence(probe.certId())] };
  const { certificate, credential } = probe.population.caller;
  const signature = bitString(await credential.key.sign(covers ?? tbsRequestWith(parts)));
  const along = constructed(contextConstructed(0), [sequence(certificate.der)]);
  const algorithm = signatureAlgorithmIdentifier[credential.key.algorithm];
  return probe.request({ ...parts, signature: encodeDer(sequence(algorithm, signature, along)) });
}
