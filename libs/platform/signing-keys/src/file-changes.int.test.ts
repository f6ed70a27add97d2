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
  const nextHour = Date.now() + 3_600_000;
  pairs = await Promise.all([
    ca.issueResponder(),
    ca.issueResponder({ keyType: 'p384' }),
    ca.issueResponder({ notBefore: nextHour }),
  ]);
  refused = await ca.issue();
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-file-changes-'));
});
afterEach(() => rm(directory, { recursive: true }));

type Content = number | 'refused' | 'garbage' | 'nothing';
type Change = { readonly file: 'key.pem' | 'certificate.pem'; readonly of: Content } | { readonly hours: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    file: fc.constantFrom('key.pem' as const, 'certificate.pem' as const),
    of: fc.constantFrom<Content>(0, 1, 2, 'refused', 'garbage', 'nothing'),
  }),
  fc.record({ hours: fc.constantFrom(0, 2) }),
);

function contentOf({ file, of }: Extract<Change, { file: string }>): string {
  if (typeof of === 'string' && of !== 'refused') return of;
  const { keyPem, certificatePem } = of === 'refused' ? refused : pairs[of]!;
  return file === 'key.pem' ? keyPem : certificatePem;
}

test('whatever happens to the files: who had a pair keeps one that has begun, each fits, and none is refused', async () => {
  const changes = fc.array(fc.tuple(change, fc.boolean()), { maxLength: 15 });
  const isRefused = (der: Uint8Array) => equalOctets(der, refused.certificate.der);
  let run = 0;
  const holds = async (steps: readonly (readonly [Change, boolean])[]) => {
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
    for (const [step, looks] of steps) {
      if ('hours' in step) now += step.hours * 3_600_000;
      else if (step.of === 'nothing') await rm(join(folder, step.file), { force: true });
      else await writeFile(join(folder, step.file), contentOf(step));
      if (!looks) continue;
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
  await fc.assert(fc.asyncProperty(changes, holds), { numRuns: 150 });
});
