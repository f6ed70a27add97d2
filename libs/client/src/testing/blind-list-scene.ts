import { createHash, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { BlindListBuilder, BlindListChain, BlindList } from '@kakunin/blind-list';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import type { BlindListCrypto, SignedBlindList } from '../blind-list/index.ts';

const MINUTE = 60_000;
const sha256 = (octets: Uint8Array): Buffer => createHash('sha256').update(octets).digest();

/** An authority with two certificates, of which one is revoked; and what a publisher says about that. */
export class BlindListScene {
  readonly #keys = generateKeyPairSync('ed25519');
  readonly signingKey: string = this.#keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  readonly crypto: BlindListCrypto = {
    sha256,
    verify: (octets, signature) => verify(null, octets, this.#keys.publicKey, signature),
  };

  private constructor(
    readonly ca: TestCa,
    readonly good: IssuedCertificate,
    readonly revoked: IssuedCertificate,
  ) {}

  static async open(): Promise<BlindListScene> {
    const ca = await createTestCa();
    return new BlindListScene(ca, await ca.issue(), await ca.issue());
  }

  /** A list, or a delta of a list, that says of these certificates that they are revoked. */
  publish(revoked: readonly IssuedCertificate[], of?: SignedBlindList, at: number = Date.now()): SignedBlindList {
    const base = of && new BlindListChain(BlindList.parse(of.octets));
    const builder = new BlindListBuilder({ salt: randomBytes(16), certificates: 2, ...(base && { base }) });
    for (const issued of [this.good, this.revoked]) {
      builder.add(sha256(issued.certificate.der), revoked.includes(issued));
    }
    return this.sign(
      builder.build({
        number: (base?.header.number ?? 0) + 1,
        issuerKeyHash: sha256(this.ca.certificate.publicKeyBits),
        thisUpdate: at,
        nextUpdate: at + 30 * MINUTE,
        issuedBefore: at,
      }),
    );
  }

  sign(octets: Uint8Array): SignedBlindList {
    return { octets, signature: sign(null, octets, this.#keys.privateKey) };
  }
}
