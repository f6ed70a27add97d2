import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equalOctets } from '@kakunin/der';
import { createTestCa, type IssuedCertificate } from '@kakunin/testing/test-ca';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { SigningCredentials } from './signing-credentials.ts';

let pairs: readonly IssuedCertificate[];
let refused: IssuedCertificate;
beforeAll(async () => {
  const ca = await createTestCa();
  const soon = Date.now() + 1_800_000;
  pairs = await Promise.all([
    ca.issueResponder(),
    ca.issueResponder({ keyType: 'p384' }),
    ca.issueResponder({ notBefore: soon }),
  ]);
  refused = await ca.issue();
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-file-changes-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** What comes into a file: of one of the pairs, of the refused one, something else, or the file goes. */
type Content = number | 'refused' | 'garbage' | 'nothing';
type Change = { readonly file: 'key.pem' | 'certificate.pem'; readonly of: Content } | 'next hour' | 'look';

const pairChange: fc.Arbitrary<readonly Change[]> = fc
  .tuple(
    fc.constantFrom<Content>(0, 1, 2, 'refused'),
    fc.constantFrom<readonly Change[]>([], ['look'], ['look', 'look']),
  )
  .map(([of, between]) => [{ file: 'key.pem', of }, ...between, { file: 'certificate.pem', of }, 'look']);
const oneChange: fc.Arbitrary<readonly Change[]> = fc
  .record({
    file: fc.constantFrom('key.pem' as const, 'certificate.pem' as const),
    of: fc.constantFrom<Content>(0, 1, 'garbage', 'nothing'),
  })
  .map((one) => [one, 'look']);
const changes = fc
  .array(fc.oneof(pairChange, pairChange, oneChange, fc.constant<readonly Change[]>(['next hour', 'look'])), {
    minLength: 4,
    maxLength: 10,
  })
  .map((all) => all.flat());

async function change(path: string, { file, of }: Exclude<Change, string>): Promise<void> {
  if (of === 'nothing') return rm(path, { force: true });
  const { keyPem, certificatePem } = typeof of === 'number' ? pairs[of]! : refused;
  await writeFile(path, of === 'garbage' ? of : file === 'key.pem' ? keyPem : certificatePem);
}

test('whatever happens to the files: who had a pair keeps one that has begun, each fits, and none is refused', async () => {
  const isRefused = (der: Uint8Array) => equalOctets(der, refused.certificate.der);
  let run = 0;
  const holds = async (steps: readonly Change[]) => {
    let now = Date.now();
    const folder = join(directory, String((run += 1)), 'a');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'key.pem'), pairs[0]!.keyPem);
    await writeFile(join(folder, 'certificate.pem'), pairs[0]!.certificatePem);
    const credentials = await SigningCredentials.open({
      directory: join(directory, String(run)),
      clock: { now: () => now },
      refusal: ({ pair }) => (isRefused(pair.credential.certificate) ? 'it is refused' : undefined),
    });
    for (const step of steps) {
      if (step === 'next hour') now += 3_600_000;
      else if (step !== 'look') await change(join(folder, step.file), step);
      if (step !== 'look') continue;
      await credentials.refresh();
      const inUse = credentials.pairs('a');
      expect(inUse.some(({ certificate }) => certificate.notBefore <= now)).toBe(true);
      for (const { certificate, credential } of inUse) {
        expect(equalOctets(certificate.publicKey, credential.key.publicKey)).toBe(true);
        expect(isRefused(credential.certificate)).toBe(false);
      }
    }
    await credentials.close();
  };
  await fc.assert(fc.asyncProperty(changes, holds), { numRuns: 60 });
});
