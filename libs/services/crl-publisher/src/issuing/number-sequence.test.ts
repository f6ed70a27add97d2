import type { ObjectStore } from '@kakunin/objects';
import { InMemoryObjectStore } from '@kakunin/testing/in-memory-object-store';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { failingStore } from '../testing/failing-store.ts';
import { IssuingScene } from '../testing/issuing-scene.ts';
import type { CrlIssuer } from './crl-issuer.ts';

const HOUR = 3_600_000;
const labelOf = (serial: number): string => (serial % 2 ? '13101' : '13102');
/** What may happen to publishers between two looks. */
type Happening =
  | { readonly what: 'revoked' | 'held' | 'released'; readonly serial: number }
  | { readonly what: 'time'; readonly milliseconds: number }
  | { readonly what: 'publishes'; readonly who: number }
  | { readonly what: 'dies'; readonly who: number; readonly before: number }
  | { readonly what: 'both' }
  | { readonly what: 'numbers lost' };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ what: fc.constantFrom('revoked', 'held', 'released'), serial: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ what: fc.constant('time'), milliseconds: fc.integer({ min: -30 * HOUR, max: 3 * HOUR }) }),
  fc.record({ what: fc.constant('publishes'), who: fc.integer({ min: 0, max: 1 }) }),
  fc.record({
    what: fc.constant('dies'),
    who: fc.integer({ min: 0, max: 1 }),
    before: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({ what: fc.constant('both') }),
  fc.record({ what: fc.constant('numbers lost') }),
);

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

/** A store that remembers the numbers to which each pointer of CRLs moved. */
function watched(store: ObjectStore): { store: ObjectStore; numbers: Map<string, bigint[]> } {
  const numbers = new Map<string, bigint[]>();
  const point: ObjectStore['point'] = async (pointer, key, expected) => {
    const hasMoved = await store.point(pointer, key, expected);
    const [, digits] = /\/(\d+)(?:\.delta)?\.crl$/.exec(key) ?? [];
    if (hasMoved && digits) numbers.set(pointer, [...(numbers.get(pointer) ?? []), BigInt(digits)]);
    return hasMoved;
  };
  return { store: { ...failingStore(store, () => undefined), point }, numbers };
}

/** Two publishers of one authority, of which either may be started anew. */
class Publishers {
  readonly scene: IssuingScene;
  readonly #issuers: CrlIssuer[];

  constructor(scene: IssuingScene) {
    this.scene = scene;
    this.#issuers = [scene.issuer(), scene.issuer()];
  }

  async live(happened: Happening): Promise<void> {
    const { scene } = this;
    if (happened.what === 'time') scene.now += happened.milliseconds;
    else if (happened.what === 'numbers lost') scene.loseNumbers();
    else if (happened.what === 'publishes') await this.#publish(happened.who);
    else if (happened.what === 'both') await Promise.all([this.#publish(0), this.#publish(1)]);
    else if (happened.what === 'dies') await this.#die(happened.who, happened.before);
    else this.#change(happened.what, happened.serial);
  }

  /** What was revoked for ever stays so. */
  #change(what: 'revoked' | 'held' | 'released', serial: number): void {
    const label = labelOf(serial);
    const state = this.scene.index.lookup(Uint8Array.of(serial));
    if (state.state === 'revoked' && state.reason === 'keyCompromise') return;
    if (what === 'released') this.scene.put(serial, label);
    else this.scene.revoke(serial, label, what === 'held' ? 'certificateHold' : 'keyCompromise');
  }

  /** There is no lock here: as if each held it, was stopped, and went on when the other had it. */
  async #publish(who: number): Promise<void> {
    await this.#issuers[who]?.issue(this.scene.status());
  }

  async #die(who: number, before: number): Promise<void> {
    let changes = 0;
    const store = failingStore(this.scene.store, () => {
      if (++changes >= before) throw new Error('killed');
    });
    await this.scene
      .issuer(store)
      .issue(this.scene.status())
      .catch(() => undefined);
    this.#issuers[who] = this.scene.issuer();
  }
}

it('numbers grow strictly in each scope, whoever publishes, dies, loses the table or sets the clock back', async () => {
  let moves = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 14 }), async (happenings) => {
      const { store, numbers } = watched(new InMemoryObjectStore());
      const publishers = new Publishers(await IssuingScene.open({ ca, store }));
      for (const serial of [1, 2]) publishers.scene.put(serial, labelOf(serial));
      await publishers.scene.settle();
      for (const happened of happenings) await publishers.live(happened);
      for (const [pointer, seen] of numbers) {
        const ascending = [...new Set(seen)].sort((one, other) => (one < other ? -1 : 1));
        expect(seen, pointer).toEqual(ascending);
        moves += seen.length;
      }
    }),
    { numRuns: 40 },
  );
  expect(moves).toBeGreaterThan(40 * 3);
}, 60_000);
