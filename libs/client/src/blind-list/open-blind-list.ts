import { BlindList, BlindListChain, BlindListError } from '@kakunin/blind-list';
import { BlindListClientError } from './blind-list-client-error.ts';
import { readCertificateFields } from './certificate-fields.ts';
import type { BlindListCrypto, BlindListInput, BlindListQuestion, OpenBlindList, SignedBlindList } from './types.ts';

/**
 * Verifies a blind list, and the deltas since, and makes it ready to be asked: from memory, in microseconds, without anybody
 * learning what was asked. Needs nothing of Node: it works in browsers.
 * @throws BlindListClientError `signature_invalid`, `malformed_list`, `lists_differ`
 */
export async function openBlindList({ full, deltas = [], crypto }: BlindListInput): Promise<OpenBlindList> {
  for (const file of [full, ...deltas]) await verify(file, crypto);
  const chain = read(full, deltas);
  const { number, thisUpdate, nextUpdate, issuedBefore } = chain.header;
  return {
    facts: { number, thisUpdate, nextUpdate, issuedBefore },
    check: async (question) => {
      const { at = Date.now() } = question;
      return chain.check(await subjectOf(question, crypto), at);
    },
  };
}

async function verify({ octets, signature }: SignedBlindList, crypto: BlindListCrypto): Promise<void> {
  if (await crypto.verify(octets, signature)) return;
  throw new BlindListClientError('signature_invalid', 'The signature of the blind list is wrong. Download it again.');
}

function read(full: SignedBlindList, deltas: readonly SignedBlindList[]): BlindListChain {
  try {
    return new BlindListChain(
      BlindList.parse(full.octets),
      deltas.map(({ octets }) => BlindList.parse(octets)),
    );
  } catch (cause) {
    if (!(cause instanceof BlindListError)) throw cause;
    const code = cause.code === 'wrong_base' ? 'lists_differ' : 'malformed_list';
    throw new BlindListClientError(code, cause.message, { cause });
  }
}

async function subjectOf({ certificate, issuer }: BlindListQuestion, crypto: BlindListCrypto) {
  const { notBefore, notAfter } = readCertificateFields(certificate);
  return {
    fingerprint: await crypto.sha256(certificate),
    issuerKeyHash: await crypto.sha256(readCertificateFields(issuer).publicKeyBits),
    notBefore,
    notAfter,
  };
}
