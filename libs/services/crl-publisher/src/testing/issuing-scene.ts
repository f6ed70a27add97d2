import type { Authority, CertificateStatus } from '@kakunin/certificates';
import type { ObjectStore } from '@kakunin/objects';
import type { CrlPublished, PublicationProfile } from '@kakunin/publication';
import type { AuthorityStatus } from '@kakunin/status-feed';
import { StatusIndex } from '@kakunin/status-index';
import { InMemoryObjectStore } from '@kakunin/testing/in-memory-object-store';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import { serialNumberOctets } from '@kakunin/x509';
import type { PoolClient } from 'pg';
import type { PublicationArchive } from '../archive/publication-archive.ts';
import { CrlIssuer } from '../issuing/crl-issuer.ts';
import type { CrlNumbers } from '../issuing/crl-numbers.store.ts';
import type { Issued } from '../issuing/issuance-outcome.ts';
import { PublishedCrls } from '../published-crls.ts';

const HOUR = 3_600_000;

/** What is left out is made: a CA of its own, no certificates, a store in memory. */
export interface SceneParts {
  readonly ca?: Pick<TestCa, 'certificate' | 'credential'>;
  readonly index?: StatusIndex;
  readonly store?: ObjectStore;
  /** What the table of numbers holds. */
  readonly lastNumber?: bigint;
}

/** An authority with partitions and all that publishes for it, in one thread and with a clock that the test sets. */
export class IssuingScene {
  readonly store: ObjectStore;
  readonly index: StatusIndex;
  /** What was announced, and what is about to be. */
  readonly announced: CrlPublished[] = [];
  intended: CrlPublished[] = [];
  readonly clock = { now: () => this.now };
  now = Math.floor(Date.now() / 1_000) * 1_000;
  /** When the registry's data is of another moment than now. */
  asOf: number | undefined;
  /** Takes each CRL down before its pointer moves, where there is one. */
  archive: Pick<PublicationArchive, 'keep'> | undefined;
  profile: PublicationProfile = {
    timing: { period: HOUR, validity: 24 * HOUR, overlap: 12 * HOUR, debounce: 0, maximumDataAge: 60_000 },
    publicBaseUrl: 'http://crl.example',
    deltas: true,
    whole: true,
  };
  readonly #ca: Pick<TestCa, 'certificate' | 'credential'>;
  #number: bigint;

  private constructor({ ca, index, store, lastNumber }: Required<SceneParts>) {
    this.#number = lastNumber;
    this.#ca = ca;
    this.index = index;
    this.store = store;
  }

  static async open(given: SceneParts = {}): Promise<IssuingScene> {
    return new IssuingScene({
      ca: given.ca ?? (await createTestCa()),
      index: given.index ?? StatusIndex.create({ kind: 'sequential', first: '1' }, { partitions: true }),
      store: given.store ?? new InMemoryObjectStore(),
      lastNumber: given.lastNumber ?? 0n,
    });
  }

  get published(): PublishedCrls {
    return new PublishedCrls(this.store);
  }

  put(
    serial: number,
    partition: string,
    status: CertificateStatus = { status: 'good' },
    notAfter = this.now + 9_000 * HOUR,
  ): void {
    this.index.put(serialNumberOctets(serial.toString(16)), { notAfter, carrier: 'card', status, partition });
  }

  revoke(serial: number, partition: string, reason: 'keyCompromise' | 'certificateHold' = 'keyCompromise'): void {
    this.put(serial, partition, { status: 'revoked', revocationDate: this.now, reason });
  }

  /** A publisher that has just started; @param store what it publishes into */
  issuer(store: ObjectStore = this.store): CrlIssuer {
    const client = undefined as unknown as PoolClient;
    const allocate = async (published: bigint): Promise<bigint> =>
      (this.#number = (this.#number > published ? this.#number : published) + 1n);
    const reserve: CrlNumbers['reserve'] = (_, work) =>
      work({ allocate, confirm: async () => undefined, client, lastNumber: this.#number || undefined });
    return new CrlIssuer({
      clock: this.clock,
      numbers: { reserve },
      published: new PublishedCrls(store, undefined, this.archive),
      announcements: {
        intend: async (_, event) => void this.intended.push(event),
        settle: async () => void this.announced.push(...this.intended.splice(0)),
      },
      profileOf: () => this.profile,
      signerOf: async () => this.#ca.credential,
    });
  }

  /** The table of numbers was restored from before the first. */
  loseNumbers(): void {
    this.#number = 0n;
  }

  status(): AuthorityStatus {
    const authority: Authority = {
      authorityId: 'a',
      certificateClass: 'signature',
      certificate: Buffer.from(this.#ca.certificate.der).toString('base64'),
      serialScheme: { kind: 'sequential', first: '1' },
      partitioned: true,
    };
    const { index } = this;
    const asOf = this.asOf ?? this.now;
    return { authority, index, freeze: () => index.freeze(), asOf, blocked: false } as unknown as AuthorityStatus;
  }

  /** Issues until nothing more is due, and lists it, as the loop does. @returns the last outcome, with all that was published on the way */
  async settle(issuer = this.issuer(), store = this.store): Promise<Issued> {
    const published: Issued['published'][number][] = [];
    const unlisted: Issued['unlisted'][number][] = [];
    for (;;) {
      const outcome = await issuer.issue(this.status());
      if (outcome.outcome !== 'issued') throw new Error(`Nothing was issued: ${JSON.stringify(outcome)}`);
      published.push(...outcome.published);
      unlisted.push(...outcome.unlisted);
      if (outcome.nextPublication > this.now || outcome.troubles.length > 0) {
        await new PublishedCrls(store).updateManifest(unlisted);
        return { ...outcome, published, unlisted };
      }
    }
  }
}
