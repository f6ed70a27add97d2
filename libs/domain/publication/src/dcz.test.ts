import { expect, it } from 'vitest';
import { DCZ_HEADER_OCTETS, decodeDczHeader, encodeDczHeader } from './dcz.ts';

it('names the dictionary in the 40 octets of RFC 9842', () => {
  const sha256 = Uint8Array.from({ length: 32 }, (_, at) => at);
  const header = encodeDczHeader(sha256);
  expect(Buffer.from(header.subarray(0, 8)).toString('hex')).toBe('5e2a4d1820000000');
  expect(header).toHaveLength(DCZ_HEADER_OCTETS);
  expect(decodeDczHeader(new Uint8Array([...header, 1, 2, 3]))).toEqual(sha256);
});

it('knows what is none', () => {
  const header = encodeDczHeader(new Uint8Array(32));
  expect(decodeDczHeader(header.subarray(0, 39))).toBeUndefined();
  for (let at = 0; at < 8; at += 1) expect(decodeDczHeader(header.with(at, 9))).toBeUndefined();
});
