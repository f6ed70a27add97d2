import { assembleOcspResponse, certIdOf, encodeResponseData, OCSP_REFUSALS, responderIdByKey } from '@kakunin/ocsp';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { templateOf } from '../run/data-set.ts';
import { AnswerJudge } from './answer-judge.ts';
import { NONCE_OCTETS, type RequestTemplate, RequestWriter } from './request-template.ts';

const NOW = Date.UTC(2026, 10, 24);
const NONCE = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const OTHER = Buffer.from('00112233445566778899aabbccddeef0', 'hex');
const SERIAL = 0x123456;

let ca: TestCa;
let template: RequestTemplate;
beforeAll(async () => {
  ca = await createTestCa({ keyType: 'p256' });
  template = templateOf(ca.certificate, Buffer.alloc(NONCE_OCTETS, 0xa5));
});

interface Said {
  readonly serial?: number;
  readonly revoked?: boolean;
  readonly nonce?: Uint8Array;
  /** P-256 signatures take 70 to 72 octets, mostly. */
  readonly signatureOctets?: number;
}

function answer({ serial = SERIAL, revoked = false, nonce, signatureOctets = 71 }: Said): Uint8Array {
  const tbs = encodeResponseData({
    responderId: responderIdByKey(ca.certificate),
    producedAt: NOW,
    responses: [
      {
        certId: certIdOf(ca.certificate, serial.toString(16), 'sha1'),
        certStatus: revoked ? { status: 'revoked', revocationTime: NOW } : { status: 'good' },
        thisUpdate: NOW,
      },
    ],
    nonce,
  });
  const signature = Buffer.alloc(signatureOctets);
  return assembleOcspResponse({ tbs, algorithm: ca.credential.key.algorithm, signature, certificates: [] });
}

const asked = (revoked = false) => ({ request: new RequestWriter(template).write(SERIAL, NONCE), revoked });

/** A judge that has seen right answers of both kinds, or none. */
function judgeOf(hasSeen: boolean): AnswerJudge {
  const judge = new AnswerJudge(template);
  if (hasSeen) for (const revoked of [false, true]) judge.judge(answer({ revoked, nonce: NONCE }), asked(revoked));
  return judge;
}

test.each([false, true])('what is right, and what is wrong; answers of its kind were seen before: %s', (hasSeen) => {
  for (const signatureOctets of [70, 71, 72]) {
    for (const revoked of [false, true]) {
      const judged = (said: Said): unknown =>
        judgeOf(hasSeen).judge(answer({ revoked, nonce: NONCE, signatureOctets, ...said }), asked(revoked));
      expect(judged({})).toBe('right');
      expect(judged({ serial: SERIAL + 1 })).toBe('certificate');
      expect(judged({ revoked: !revoked })).toBe('status');
      expect(judged({ nonce: OTHER })).toBe('nonce');
      expect(judged({ nonce: NONCE.subarray(1) })).toBe('nonce');
    }
  }
  for (const [refused, octets] of Object.entries(OCSP_REFUSALS))
    expect(judgeOf(hasSeen).judge(octets, asked())).toEqual({ refused });
  expect(judgeOf(hasSeen).judge(Buffer.from('not found'), asked())).toBe('unreadable');
});

test('an answer without the nonce that was asked for is wrong; without one asked for it is right', () => {
  const judge = judgeOf(true);
  expect(judge.judge(answer({}), asked())).toBe('nonce');
  const without = templateOf(ca.certificate);
  const request = new RequestWriter(without).write(SERIAL);
  for (const nonce of [undefined, NONCE])
    expect(new AnswerJudge(without).judge(answer({ ...(nonce && { nonce }) }), { request, revoked: false })).toBe(
      'right',
    );
});

test('a judge that has seen many finds what one that has seen none finds, whatever is damaged', () => {
  const judge = judgeOf(true);
  const whole = answer({ nonce: NONCE });
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (place, octet) => {
      const damaged = Uint8Array.from(whole);
      damaged[place] = octet;
      const found = judge.judge(damaged, asked());
      // What lies between is the checker's to look at: it verifies the signature over all of it.
      if (found !== 'right') expect(found).toEqual(judgeOf(false).judge(damaged, asked()));
    }),
    { numRuns: 1_000 },
  );
});
