import { expect, it } from 'vitest';
import { blindEvaluate, elementsIn, loadVoprf, newVoprfKeyPair, VOPRF_SUITE } from './voprf.ts';

const octets = (hex: string): Buffer => Buffer.from(hex, 'hex');

/** RFC 9497, A.1.2: VOPRF mode of ristretto255-SHA512, Test Vector 1 and 2 (batch of one). */
const KEY = octets('e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909');
const PUBLIC_KEY = octets('c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e');
const VECTORS = [
  {
    input: '00',
    blind: '64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706',
    blinded: '863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945',
    evaluated: 'aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e',
    output:
      'b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7da4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c',
  },
  {
    input: '5a'.repeat(17),
    blind: '64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706',
    blinded: 'cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c',
    evaluated: '60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468',
    output:
      '8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6',
  },
];

it.each(VECTORS)('evaluates as RFC 9497 says: input $input', async (vector) => {
  const { VOPRFClient, Evaluation, FinalizeData, EvaluationRequest, Oprf, crypto } = await loadVoprf();
  const request = Buffer.concat([octets('0001'), octets(vector.blinded)]);
  const answer = await blindEvaluate(KEY, request);
  const evaluation = Evaluation.deserialize(VOPRF_SUITE, answer!, crypto);
  expect(Buffer.from(evaluation.evaluated[0]!.serialize(true)).toString('hex')).toBe(vector.evaluated);
  const group = Oprf.getGroup(VOPRF_SUITE, crypto);
  const blinds = [group.desScalar(octets(vector.blind))];
  const read = EvaluationRequest.deserialize(VOPRF_SUITE, request, crypto);
  const client = new VOPRFClient(VOPRF_SUITE, PUBLIC_KEY, crypto);
  const [output] = await client.finalize(new FinalizeData([octets(vector.input)], blinds, read), evaluation);
  expect(Buffer.from(output!).toString('hex')).toBe(vector.output);
});

it('proves which key it was: an answer under another is refused', async () => {
  const { VOPRFClient, Evaluation, crypto } = await loadVoprf();
  const client = new VOPRFClient(VOPRF_SUITE, PUBLIC_KEY, crypto);
  const [kept, request] = await client.blind([octets('01'), octets('02')]);
  const { privateKey } = await newVoprfKeyPair();
  const answer = await blindEvaluate(privateKey, request.serialize());
  await expect(client.finalize(kept, Evaluation.deserialize(VOPRF_SUITE, answer!, crypto))).rejects.toThrow();
});

it('counts what a request holds, and refuses what is none', async () => {
  const { VOPRFClient, crypto } = await loadVoprf();
  const [, request] = await new VOPRFClient(VOPRF_SUITE, PUBLIC_KEY, crypto).blind([octets('01'), octets('02')]);
  const good = Buffer.from(request.serialize());
  expect(elementsIn(good)).toBe(2);
  for (const bad of [good.subarray(0, -1), Buffer.concat([good, octets('00')]), octets(''), octets('0000')]) {
    expect(elementsIn(bad)).toBeUndefined();
  }
  const many = Buffer.alloc(2 + 101 * 32);
  many.writeUInt16BE(101);
  expect(elementsIn(many)).toBeUndefined();
  expect(elementsIn(octets(`0001${'00'.repeat(32)}`))).toBeUndefined();
  expect(await blindEvaluate(KEY, octets(`0001${'ff'.repeat(32)}`))).toBeUndefined();
});
