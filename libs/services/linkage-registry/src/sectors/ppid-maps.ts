import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Clock } from '@kakunin/calendar';
import { derivePpid } from '@kakunin/linkage';
import { CLOCK } from '@kakunin/runtime';
import { type PpidMapHeader, PpidMapWriter } from '@kakunin/sectors';
import { ed25519NoteSigner } from '@kakunin/usage-ledger';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AuditLog } from '../audit/audit-log.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { RegistryError } from '../registry-error.ts';
import { requireOwn } from '../relying-parties/own-service-provider.ts';
import { RegistryKeys } from '../signing/registry-keys.ts';
import { MappedKeys } from './mapped-keys.ts';
import { linesInOrder, type MapPair, putPairs, startPairs } from './map-pairs.store.ts';
import { OpenedSectors } from './opened-sectors.ts';
import { type SectorStep, stepsOf } from './sector.store.ts';

/** Under which name the registry signs maps. */
export const PPID_MAP_NAME = 'kakunin-ppid-map';

/** Whoever reads slower than this in all begins anew: a map holds a connection to the database. */
const LONGEST_READING_MS = 3_600_000;

/** Maps from the names before a rotation or merge to those after it: for their one service provider, signed. */
@Injectable()
export class PpidMaps {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(OpenedSectors) private readonly sectors: OpenedSectors,
    @Inject(MappedKeys) private readonly mapped: MappedKeys,
    @Inject(RegistryKeys) private readonly keys: RegistryKeys,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * A map as a stream: its lines, an empty line, its note. It is sorted by the database, so that memory is bounded.
   * One that ends without a note is none; the stream fails then.
   * @throws RegistryError `relying_party_unknown` | `map_missing` | `map_under_way`
   */
  async open(caller: string, serviceProvider: string): Promise<PassThrough> {
    await requireOwn(this.database, caller, serviceProvider);
    const [from, to] = (await stepsOf(this.database, [serviceProvider])).slice(-2);
    if (!from?.sealed || !to)
      throw new RegistryError('map_missing', 'Its key was never rotated, or that before it is destroyed: no map.');
    const stream = new PassThrough();
    const started = Promise.withResolvers<void>();
    const written = this.database.exclusively(`ppid map ${serviceProvider}`, async (client) => {
      await this.#note(client, caller, serviceProvider);
      started.resolve();
      await this.#write(client, { from, to, stream });
    });
    written.then(
      (held) =>
        held ?? started.reject(new RegistryError('map_under_way', 'Another map of this service provider is made.')),
      (error: Error) => {
        started.reject(error);
        stream.destroy(error);
      },
    );
    await started.promise;
    return stream;
  }

  async #write(
    client: PoolClient,
    { from, to, stream }: { readonly from: SectorStep; readonly to: SectorStep; readonly stream: PassThrough },
  ): Promise<void> {
    const signal = AbortSignal.any([AbortSignal.timeout(LONGEST_READING_MS), closingOf(stream)]);
    const { serviceProvider: recipient } = from;
    const header: PpidMapHeader = { recipient, from: named(from), to: named(to), madeAt: this.clock.now() };
    const writer = new PpidMapWriter(header);
    await startPairs(client);
    const [before, after] = [this.sectors.open(from), this.sectors.open(to)];
    for await (const keys of this.mapped.of(client, recipient)) {
      signal.throwIfAborted();
      const pairs = keys.map(({ old, now }): MapPair => ({
        old: derivePpid(before, old),
        new: derivePpid(after, now),
      }));
      await putPairs(client, pairs);
    }
    for await (const pairs of linesInOrder(client)) {
      const text = pairs.map((pair) => writer.line(pair)).join('');
      if (!stream.write(text)) await once(stream, 'drain', { signal });
    }
    const { privateKey } = await this.keys.keyFor('ppid-map');
    stream.end(Buffer.concat([Buffer.from('\n'), writer.finish(ed25519NoteSigner(PPID_MAP_NAME, privateKey))]));
  }

  async #note(client: PoolClient, caller: string, onBehalfOf: string): Promise<void> {
    const at = this.clock.now();
    await client.query('BEGIN');
    await this.audit.append(client, [
      { at, caller, onBehalfOf, action: 'ppid_map', purpose: 'rotation', outcome: 'granted' },
    ]);
    await client.query('COMMIT');
  }
}

const named = ({ sector, version }: SectorStep) => ({ sector, version });

/** Aborts when the reader goes away. */
function closingOf(stream: PassThrough): AbortSignal {
  const controller = new AbortController();
  stream.once('close', () => controller.abort());
  return controller.signal;
}
