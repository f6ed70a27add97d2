import { OcspClientError } from '../ocsp-client-error.ts';
import { RegistryCalls, type RegistryOptions } from '../registry-call.ts';

/** A matching that both service providers have consented to. */
export interface MatchingOptions extends RegistryOptions {
  readonly serviceProvider: string;
  readonly matchingId: string;
  /** Of the matching, base64, as the registry shows it to both: compare it with your partner's. */
  readonly publicKey: string;
  /** SHA-256 of the certificates (DER) that persons presented to you, 32 octets each. They do not leave this process. */
  readonly fingerprints: Iterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

/** What stands for a certificate in this matching: your partner, if it knows the same certificate, has the same tag. */
export interface MatchingTag {
  readonly fingerprint: Uint8Array;
  /** 64 octets, lower-case hex. It tells nothing to who does not know the certificate. */
  readonly tag: string;
}

const SUITE = 'ristretto255-SHA512';
const FINGERPRINT_OCTETS = 32;
const AT_ONCE = 100;

/** Loaded only here: who does not match needs neither (optional peer dependency). */
async function loadVoprf() {
  const { VOPRFClient, Evaluation } = await import('@cloudflare/voprf-ts');
  const { CryptoNoble: crypto } = await import('@cloudflare/voprf-ts/crypto-noble');
  return { VOPRFClient, Evaluation, crypto };
}

/**
 * Has the registry evaluate fingerprints that it cannot see (RFC 9497, VOPRF mode), and verifies that all were evaluated
 * under the one key of the matching. Compare the tags with your partner's; what each of you hands over is up to you.
 * @throws OcspClientError `invalid_input`; `signature_invalid` when the proof of the registry does not hold; as calls do
 */
export async function* matchingTags(options: MatchingOptions): AsyncGenerator<MatchingTag, void, void> {
  const calls = new RegistryCalls(options);
  try {
    let batch: Uint8Array[] = [];
    for (const fingerprint of options.fingerprints) {
      if (fingerprint.length !== FINGERPRINT_OCTETS) {
        throw new OcspClientError('invalid_input', 'A fingerprint is the SHA-256 of a certificate: 32 octets.');
      }
      batch.push(fingerprint);
      if (batch.length < AT_ONCE) continue;
      yield* await evaluate(calls, batch, options);
      batch = [];
    }
    if (batch.length > 0) yield* await evaluate(calls, batch, options);
  } finally {
    calls.close();
  }
}

async function evaluate(
  calls: RegistryCalls,
  fingerprints: Uint8Array[],
  { serviceProvider, matchingId, publicKey, signal }: MatchingOptions,
): Promise<readonly MatchingTag[]> {
  const { VOPRFClient, Evaluation, crypto } = await loadVoprf();
  const client = new VOPRFClient(SUITE, Buffer.from(publicKey, 'base64'), crypto);
  const [kept, request] = await client.blind(fingerprints);
  const sent = { serviceProvider, blinded: Buffer.from(request.serialize()).toString('base64') };
  const path = `/matchings/${encodeURIComponent(matchingId)}/evaluations`;
  const { evaluation } = await calls.call<{ evaluation: string }>(path, { sent, signal });
  try {
    const octets = Buffer.from(evaluation, 'base64');
    const outputs = await client.finalize(kept, Evaluation.deserialize(SUITE, octets, crypto));
    return fingerprints.map((fingerprint, index) => {
      return { fingerprint, tag: Buffer.from(outputs[index]!).toString('hex') };
    });
  } catch (cause) {
    const message = 'The registry did not prove that it evaluated under the key of the matching: use nothing of it.';
    throw new OcspClientError('signature_invalid', message, { sent: true, cause });
  }
}
