import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pemOf } from './pem.ts';

it('is text of lines of 64 characters, of the length that it says, however the octets come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), async (chunks) => {
      const octets = Buffer.concat(chunks);
      const pem = pemOf({
        bytes: octets.length,
        read: async function* () {
          yield* chunks;
        },
      });
      const pieces: Uint8Array[] = [];
      for await (const piece of pem.read()) pieces.push(piece);
      const text = Buffer.concat(pieces).toString();
      expect(text.length).toBe(pem.bytes);
      const body = octets.toString('base64').match(/.{1,64}/g) ?? [];
      expect(text).toBe(['-----BEGIN X509 CRL-----', ...body, '-----END X509 CRL-----', ''].join('\n'));
    }),
  );
});
