import { HASH_ALGORITHMS } from '@kakunin/x509';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseOcspRequest } from './ocsp-request.ts';
import { ordinaryRequest, scanOrdinaryRequest } from './ordinary-request.ts';
import { Mutator } from './testing/mutations.ts';
import { ordinaryRequests, otherRequests, requestCorpus } from './testing/request-corpus.ts';

const into = ordinaryRequest();

/** What the scanner read, in the words of the strict reader. */
function scanned(message: Uint8Array) {
  if (!scanOrdinaryRequest(message, into)) return undefined;
  const octets = (start: number, end: number) => Buffer.from(message.subarray(start, end));
  const hashAlgorithm = HASH_ALGORITHMS[into.hashAlgorithm];
  const length = into.issuerKeyHashStart - 2 - into.issuerNameHashStart;
  return {
    certId: {
      hashAlgorithm,
      issuerNameHash: octets(into.issuerNameHashStart, into.issuerNameHashStart + length),
      issuerKeyHash: octets(into.issuerKeyHashStart, into.issuerKeyHashStart + length),
      serialNumber: octets(into.serialNumberStart, into.serialNumberEnd),
      der: octets(into.certIdStart, into.certIdEnd),
    },
    nonce: into.nonceEnd > 0 ? octets(into.nonceStart, into.nonceEnd) : undefined,
  };
}

/** The strict reader's word on the same, undefined when it refuses. */
function parsed(message: Uint8Array) {
  const { ok } = parseOcspRequest(Buffer.from(message), { maxRequests: 16 });
  return ok && { certId: ok.requests[0]?.certId, nonce: ok.nonce };
}

/** @returns whether it was scanned */
function expectAgreement(message: Uint8Array): boolean {
  const fast = scanned(message);
  if (fast) expect(fast).toEqual(parsed(message));
  return fast !== undefined;
}

test('each request of the ordinary shape is scanned, and read alike by the strict reader', () => {
  for (const message of ordinaryRequests()) expect(expectAgreement(message)).toBe(true);
});

test('requests of other shapes are left to the strict reader, which reads them', () => {
  for (const message of otherRequests()) {
    expect(scanOrdinaryRequest(message, into)).toBe(false);
    expect(parsed(message)).toBeDefined();
  }
});

test('what is scanned is read alike by the strict reader, whatever is done to the message', () => {
  const mutator = new Mutator(7, requestCorpus());
  let scans = 0;
  for (let round = 0; round < 50_000; round++) if (expectAgreement(mutator.next())) scans++;
  // Of the damaged ones, those in which a hash, a serial number or a nonce was hit.
  expect(scans).toBeGreaterThan(1_000);
});

test('each single octet changed at will', () => {
  const messages = [ordinaryRequests()[4]!, ordinaryRequests().at(-1)!];
  const change = fc.record({ message: fc.constantFrom(...messages), at: fc.nat(), octet: fc.nat(255) });
  fc.assert(
    fc.property(change, ({ message, at, octet }) => {
      const changed = Buffer.from(message);
      changed[at % changed.length] = octet;
      expectAgreement(changed);
    }),
    { numRuns: 10_000 },
  );
});

test('a scan leaves no nonce of an earlier one', () => {
  const [without, withNonce] = ordinaryRequests();
  for (const message of [withNonce!, without!]) scanOrdinaryRequest(message, into);
  expect([into.nonceStart, into.nonceEnd]).toEqual([0, 0]);
});
