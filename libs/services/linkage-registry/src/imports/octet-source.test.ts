import { buffer } from 'node:stream/consumers';
import { encodePem } from '@kakunin/x509';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { derOf, Spool } from './octet-source.ts';

/** The octets, cut at these places. */
async function* cut(octets: Uint8Array, places: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const place of [...new Set(places)].sort((one, other) => one - other)) {
    if (place <= from || place >= octets.length) continue;
    yield octets.subarray(from, place);
    from = place;
  }
  yield octets.subarray(from);
}

it('PEM and DER are the same octets, wherever they are cut', async () => {
  const der = fc.uint8Array({ minLength: 1, maxLength: 400 }).map((rest) => Uint8Array.of(0x30, ...rest));
  await fc.assert(
    fc.asyncProperty(der, fc.array(fc.nat(700)), fc.boolean(), async (octets, places, crlf) => {
      const pem = encodePem('X509 CRL', octets);
      const text = Buffer.from(crlf ? pem.replaceAll('\n', '\r\n') : pem);
      expect(await buffer(derOf(cut(text, places)))).toEqual(Buffer.from(octets));
      expect(await buffer(derOf(cut(octets, places)))).toEqual(Buffer.from(octets));
    }),
  );
});

it('a spool is read as often as one likes', async () => {
  const octets = Buffer.alloc(600_000, 'abc');
  const spool = await Spool.of(cut(octets, [1, 300_000]));
  expect(await buffer(spool.read())).toEqual(octets);
  expect(await buffer(spool.read())).toEqual(octets);
  await spool.close();
});
