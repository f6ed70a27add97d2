import type { CertificateRecord, CertificateStatus } from '@kakunin/certificates';
import { Inject, Injectable } from '@nestjs/common';
import { GroupCommit } from '../database/group-commit.ts';
import { Places } from '../database/places.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { RegistryMetrics } from '../registry-metrics.ts';
import type { Alongside, CertificateWork, RegistrationOutcome, StatusChange, WorkOutcome } from './certificate-work.ts';
import { CertificateWriter } from './certificate-writer.ts';

export interface StatusChangeOf extends StatusChange {
  readonly authorityId: string;
}

type Lane = GroupCommit<CertificateWork, WorkOutcome>;

/** Connections that authorities have together; the others are for whoever asks. */
const AUTHORITIES_AT_ONCE = 4;
/** Records and changes in a transaction; a list whose batches are larger is by itself. */
const MOST_AT_ONCE = 1_000;

/**
 * Every write to certificates, with its events. An authority's events have one order, in which each transaction has its
 * place until it is committed: so what comes of one authority at once is committed together, and waits here for its turn,
 * not on a connection.
 * @throws (every call) CertificatesError `authority_unknown`; DatabaseError `database_busy` | `database_unavailable`
 */
@Injectable()
export class CertificateRegistry {
  readonly #lanes = new Map<string, Lane>();
  readonly #places = new Places(AUTHORITIES_AT_ONCE);

  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(CertificateWriter) private readonly writer: CertificateWriter,
    @Inject(RegistryMetrics) private readonly metrics: RegistryMetrics,
  ) {}

  /**
   * Registers what a CA issued, all in one transaction; records that are refused leave the others alone.
   * @param alongside what is to become true with it; gets the outcomes. Who brings it waits for however long it takes
   * @returns an outcome for each record
   */
  async register(
    authorityId: string,
    records: readonly CertificateRecord[],
    alongside?: Alongside,
  ): Promise<readonly RegistrationOutcome[]> {
    const { records: outcomes } = await this.#write(authorityId, { records, changes: [], alongside });
    for (const outcome of outcomes) {
      this.metrics.registrations.inc({ outcome: typeof outcome === 'string' ? outcome : outcome.code });
    }
    return outcomes;
  }

  /**
   * Moves one certificate along its life cycle.
   * @throws CertificatesError `certificate_unknown` | `finally_revoked` | `revocation_in_future`
   */
  async changeStatus({ authorityId, ...change }: StatusChangeOf): Promise<CertificateStatus> {
    const { changes } = await this.#write(authorityId, { records: [], changes: [change] });
    const reached = changes[0]!;
    if (reached instanceof Error) throw reached;
    if (reached.turned) this.metrics.statusChanges.inc({ change: reached.turned.replace('certificate_', '') });
    return reached.status;
  }

  #write(authorityId: string, work: CertificateWork): Promise<WorkOutcome> {
    const lane = this.#lanes.get(authorityId) ?? this.#open(authorityId);
    return lane.run(work, { patient: work.alongside !== undefined });
  }

  #open(authorityId: string): Lane {
    const write = async (works: readonly CertificateWork[]): Promise<readonly WorkOutcome[]> => {
      const outcomes = await this.#places.take(() =>
        this.database.transaction((client) => this.writer.write(client, authorityId, works)),
      );
      this.metrics.certificateGroups.inc();
      return outcomes;
    };
    const lane: Lane = new GroupCommit({
      write,
      mostAtOnce: MOST_AT_ONCE,
      sizeOf: ({ records, changes }) => records.length + changes.length,
      onIdle: () => void this.#lanes.delete(authorityId),
      onRefused: () => this.metrics.busyRefusals.inc({ of: 'certificates' }),
    });
    this.#lanes.set(authorityId, lane);
    return lane;
  }
}
