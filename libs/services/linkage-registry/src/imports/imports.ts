import type { Clock } from '@kakunin/calendar';
import type { Carrier, ParsedLine } from '@kakunin/certificates';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { AuthorityStore } from '../authorities/authority.store.ts';
import { CertificateRegistry } from '../certificates/certificate-registry.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { certificateList } from './certificate-list.ts';
import { verifiedCrl } from './crl-list.ts';
import { ImportStore, type NewImport } from './import.store.ts';
import { type ImportAnswer, runImport } from './run-import.ts';
import { type TextFormat, textList } from './text-list.ts';

export const LIST_FORMATS = ['index.txt', 'csv', 'ndjson', 'crl', 'certificates'] as const satisfies readonly (
  TextFormat | 'crl' | 'certificates'
)[];
export type ListFormat = (typeof LIST_FORMATS)[number];

export interface ListInput {
  readonly authorityId: string;
  readonly format: ListFormat;
  readonly octets: AsyncIterable<Uint8Array>;
  /** Chosen by the sender, so that a list that is sent again goes on where it was interrupted. */
  readonly importId?: string | undefined;
  /** Of certificates, which do not say it themselves. */
  readonly carrier?: Carrier | undefined;
  readonly partition?: string | undefined;
}

/** Every way in for more certificates than one. */
@Injectable()
export class Imports {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(AuthorityStore) private readonly authorities: AuthorityStore,
    @Inject(CertificateRegistry) private readonly registry: CertificateRegistry,
    @Inject(ImportStore) private readonly store: ImportStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Takes a list; gives the answers of each batch when it is durable.
   * @throws CertificatesError `authority_unknown` | `import_header_invalid`; CrlError `malformed_crl`; RegistryError of imports
   */
  async *take(input: ListInput): AsyncGenerator<readonly ImportAnswer[]> {
    const { authorityId, format, octets } = input;
    const authority = this.authorities.certificateOf(await this.authorities.require(this.database, authorityId));
    if (format === 'crl') yield* this.#takeCrl(input, authority);
    else if (format === 'certificates') {
      const { carrier = 'card', partition } = input;
      yield* this.#run(input, certificateList({ octets, authority, carrier, partition }));
    } else yield* this.#run(input, textList(format, octets));
  }

  async *#takeCrl(input: ListInput, authority: Parameters<typeof verifiedCrl>[0]['authority']) {
    const crl = await verifiedCrl({ octets: input.octets, authority, now: this.clock.now() });
    try {
      yield* this.#run({ ...input, importId: crl.hash, crl }, crl.entries());
    } finally {
      await crl.close();
    }
  }

  async *#run(input: ListInput & Pick<NewImport, 'crl'>, lines: AsyncIterable<ParsedLine>) {
    const { authorityId, format, importId, crl } = input;
    const state = importId === undefined ? undefined : await this.store.begin({ authorityId, importId, format, crl });
    const kept = importId !== undefined && state ? { store: this.store, importId, state } : undefined;
    yield* runImport({ registry: this.registry, authorityId, lines, answersEach: format === 'ndjson', kept });
  }
}
