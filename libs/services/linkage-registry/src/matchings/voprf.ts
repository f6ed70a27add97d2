// Erasable TypeScript without Nest: the thread that evaluates loads it.

/** ristretto255 with SHA-512 (RFC 9497, 4.1): of the suites the quickest by far, at the same strength as P-256. */
export const VOPRF_SUITE = 'ristretto255-SHA512';
/** Of a blinded element. */
const ELEMENT_OCTETS = 32;
const COUNT_OCTETS = 2;
/** An evaluation takes 6 ms an element and holds nobody up but other matchings. */
export const MOST_ELEMENTS = 100;

/**
 * How many elements a request holds (two octets of count, big-endian, then the elements); undefined when it is none, or
 * one of them is the identity, which the library lets pass (RFC 9497, 2.1). Whether the others are elements of the group
 * is seen when they are evaluated.
 */
export function elementsIn(request: Uint8Array): number | undefined {
  if (request.length < COUNT_OCTETS + ELEMENT_OCTETS) return undefined;
  const count = new DataView(request.buffer, request.byteOffset).getUint16(0);
  if (count > MOST_ELEMENTS || request.length !== COUNT_OCTETS + count * ELEMENT_OCTETS) return undefined;
  for (let start = COUNT_OCTETS; start < request.length; start += ELEMENT_OCTETS) {
    if (request.subarray(start, start + ELEMENT_OCTETS).every((octet) => octet === 0)) return undefined;
  }
  return count;
}

/** Loaded when it is first used: it takes 0.2 s, and most registries never match. */
export async function loadVoprf() {
  const voprf = await import('@cloudflare/voprf-ts');
  const { CryptoNoble } = await import('@cloudflare/voprf-ts/crypto-noble');
  return { ...voprf, crypto: CryptoNoble };
}

export interface VoprfKeyPair {
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

export async function newVoprfKeyPair(): Promise<VoprfKeyPair> {
  const { generateKeyPair, crypto } = await loadVoprf();
  return generateKeyPair(VOPRF_SUITE, crypto);
}

/**
 * Evaluates blinded elements under a key, and proves that it was this key for all of them (RFC 9497, 3.3.2).
 * @param request as `EvaluationRequest` of the library writes it
 * @returns evaluated elements and proof; undefined when the request holds none of the group
 */
export async function blindEvaluate(privateKey: Uint8Array, request: Uint8Array): Promise<Uint8Array | undefined> {
  const { EvaluationRequest, VOPRFServer, crypto } = await loadVoprf();
  let read: InstanceType<typeof EvaluationRequest>;
  try {
    read = EvaluationRequest.deserialize(VOPRF_SUITE, request, crypto);
  } catch {
    return undefined;
  }
  return (await new VOPRFServer(VOPRF_SUITE, privateKey, crypto).blindEvaluate(read)).serialize();
}
