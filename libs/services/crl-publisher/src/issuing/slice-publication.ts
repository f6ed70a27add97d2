import { CRL_MANIFEST_POINTER, type CrlPublished, crlPointer } from '@kakunin/publication';
import type { PublishedCrls } from '../published-crls.ts';
import type { CrlAnnouncements } from './crl-announcements.store.ts';
import type { Reservation } from './crl-numbers.store.ts';
import { type ScopeTrouble, troubleOf } from './issuance-outcome.ts';
import type { MadeFile } from './scope-issuer.ts';
import type { ScopeState } from './scope-state.ts';

/** Compressing runs beside the signing of what comes next; each holds a few hundred kilobytes. */
const WRITTEN_AT_A_TIME = 4;
/** Each waits for the disk, or the bucket, several times. */
const POINTED_AT_A_TIME = 8;

/** The files of one scope, on their way to the public. */
export interface MadeScope {
  readonly state: ScopeState;
  readonly files: readonly MadeFile[];
}

export interface SlicePublicationOptions {
  readonly published: PublishedCrls;
  readonly announcements: Pick<CrlAnnouncements, 'intend' | 'settle'>;
  readonly reservation: Reservation;
}

/**
 * Puts before the public what was made of one slice: first all files under their numbers, then, when the lock is still held, the
 * pointers. A scope whose files cannot be written holds up no other.
 */
export class SlicePublication {
  readonly troubles: ScopeTrouble[] = [];
  /** Scopes of which another publisher was faster. */
  overtaken = 0;
  readonly #options: SlicePublicationOptions;
  readonly #writing = new Set<Promise<void>>();
  readonly #written: MadeScope[] = [];

  constructor(options: SlicePublicationOptions) {
    this.#options = options;
  }

  /** Begins to write; resolves when there is room for the next. */
  async add(made: MadeScope): Promise<void> {
    const writing = this.#write(made).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
    if (this.#writing.size >= WRITTEN_AT_A_TIME) await Promise.race(this.#writing);
  }

  /** Waits for what was begun, also where nothing comes of it. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing);
  }

  /**
   * @returns the scopes whose pointers have moved; a scope is not among them when another publisher was faster
   * @throws DatabaseError when the lock is lost: then no pointer has moved
   */
  async point(): Promise<readonly MadeScope[]> {
    await this.settled();
    const [first] = this.#written;
    if (!first) return [];
    const { announcements, reservation } = this.#options;
    // Whoever lost the lock while signing gives up here, and whoever loses it only now finds the pointer moved.
    await reservation.confirm();
    await announcements.intend(reservation.client, eventOf(this.#written));
    const pointed = await this.#pointAtAll();
    await announcements.settle(reservation.client, first.state.scope.authorityId);
    return pointed;
  }

  async #write(made: MadeScope): Promise<void> {
    try {
      for (const { staged, descriptor, previousKey } of made.files)
        await this.#options.published.publish(staged, descriptor, previousKey);
      this.#written.push(made);
    } catch (error) {
      this.troubles.push(troubleOf(made.state.scope, error));
    } finally {
      await Promise.all(made.files.map(({ staged }) => staged.discard()));
    }
  }

  async #pointAtAll(): Promise<readonly MadeScope[]> {
    const pointed: MadeScope[] = [];
    const waiting = this.#written.values();
    const pointOn = async (): Promise<void> => {
      for (const made of waiting) if (await this.#pointAt(made)) pointed.push(made);
    };
    await Promise.all(Array.from({ length: POINTED_AT_A_TIME }, pointOn));
    return pointed;
  }

  /** The delta last: whoever finds it finds a complete CRL that is as new. */
  async #pointAt({ files, state }: MadeScope): Promise<boolean> {
    try {
      for (const { descriptor, previousKey } of files) {
        if (await this.#options.published.pointAt(descriptor, previousKey)) continue;
        this.overtaken += 1;
        return false;
      }
      return true;
    } catch (error) {
      this.troubles.push(troubleOf(state.scope, error));
      return false;
    }
  }
}

function eventOf(written: readonly MadeScope[]): CrlPublished {
  const descriptors = written.flatMap(({ files }) => files.map(({ descriptor }) => descriptor));
  const pointers = descriptors.map((descriptor) => `/${crlPointer(descriptor)}`);
  const [{ authorityId, crlNumber } = { authorityId: '', crlNumber: 0n }] = descriptors;
  return {
    type: 'crl_published',
    authorityId,
    crlNumber: crlNumber.toString(),
    partitions: written.flatMap(({ state }) => state.scope.partition ?? []),
    paths: [...pointers.flatMap((path) => [path, path.replace(/\.crl$/, '.pem')]), `/${CRL_MANIFEST_POINTER}`],
  };
}
