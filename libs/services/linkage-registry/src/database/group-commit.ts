import { DatabaseError } from '@kakunin/postgres';

export interface GroupCommitOptions<W, R> {
  /** Writes all works of a group in one transaction, in their order. @returns what became of each, in its place */
  readonly write: (works: readonly W[]) => Promise<readonly R[]>;
  /** Most that a group may hold, so that no transaction grows without bound; default 256. */
  readonly mostAtOnce?: number;
  /** How much of it a work is; default 1. */
  readonly sizeOf?: (work: W) => number;
  /** Milliseconds that a group may take before whoever waits behind it is refused; default 2,000. */
  readonly patience?: number;
  /** Told of each work that is refused for that. */
  readonly onRefused?: () => void;
  /** Told when nothing is written and nothing waits any more. */
  readonly onIdle?: () => void;
}

interface Waiting<W, R> {
  readonly work: W;
  readonly patient: boolean;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

const MOST_AT_ONCE = 256;
const PATIENCE_MS = 2_000;

/**
 * Commits what comes at once in one transaction: one connection, one lock, one fsync for all that came while the group
 * before was written. The first is written at once; nobody waits for company.
 */
export class GroupCommit<W, R> {
  readonly #options: Required<GroupCommitOptions<W, R>>;
  #waiting: Waiting<W, R>[] = [];
  #busy = false;
  /** The group in hand takes longer than anybody should wait. */
  #late = false;

  constructor(options: GroupCommitOptions<W, R>) {
    this.#options = {
      mostAtOnce: MOST_AT_ONCE,
      sizeOf: () => 1,
      patience: PATIENCE_MS,
      onRefused: () => undefined,
      onIdle: () => undefined,
      ...options,
    };
  }

  /**
   * Resolves when it is committed.
   * @param patient waits however long it takes: a list of thousands would not be sent again for two seconds
   * @throws DatabaseError `database_busy`: it was not begun; what `write` throws
   */
  run(work: W, { patient = false } = {}): Promise<R> {
    return new Promise((resolve, reject) => {
      const waiting = { work, patient, resolve, reject };
      if (this.#late && !patient) return this.#refuse(waiting);
      this.#waiting.push(waiting);
      if (!this.#busy) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const overdue = setTimeout(() => this.#refuseImpatient(), this.#options.patience);
      await this.#writeGroup(this.#nextGroup());
      clearTimeout(overdue);
      this.#late = false;
    }
    this.#busy = false;
    this.#options.onIdle();
  }

  #nextGroup(): readonly Waiting<W, R>[] {
    const { mostAtOnce, sizeOf } = this.#options;
    let size = 0;
    const end = this.#waiting.findIndex(({ work }, index) => (size += sizeOf(work)) > mostAtOnce && index > 0);
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  /** What one work makes fail is no fault of the others: then each is written by itself. */
  async #writeGroup(group: readonly Waiting<W, R>[]): Promise<void> {
    try {
      const results = await this.#options.write(group.map(({ work }) => work));
      for (const [index, { resolve }] of group.entries()) resolve(results[index]!);
    } catch (error) {
      // What kept this group waiting would keep the next one waiting as well.
      if ((error as { code?: unknown }).code === 'database_busy') this.#refuseImpatient();
      if (group.length > 1 && !(error instanceof DatabaseError)) {
        for (const each of group) await this.#writeGroup([each]);
      } else for (const { reject } of group) reject(error);
    }
  }

  #refuseImpatient(): void {
    this.#late = true;
    const refused = this.#waiting.filter(({ patient }) => !patient);
    this.#waiting = this.#waiting.filter(({ patient }) => patient);
    for (const each of refused) this.#refuse(each);
  }

  #refuse({ reject }: Waiting<W, R>): void {
    this.#options.onRefused();
    reject(
      new DatabaseError(
        'database_busy',
        'More is to be written than the database takes at present. Nothing was changed: send it again after a moment.',
      ),
    );
  }
}
