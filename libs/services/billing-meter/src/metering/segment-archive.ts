import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { jstDateOf } from '@kakunin/calendar';
import { OBJECT_STORE } from '@kakunin/object-store';
import type { ObjectStore } from '@kakunin/objects';
import { decodeSegment, type UsageSegment } from '@kakunin/usage';
import { Inject, Injectable } from '@nestjs/common';
import { MeteringError } from './metering-error.ts';

/** Where a segment lies: a zstd frame of its own within an object, so that one segment is read without the others. */
export interface SegmentLocation {
  readonly object: string;
  /** First octet of the frame. */
  readonly offset: number;
  /** Octets of the frame. */
  readonly length: number;
}

const decompress = promisify(zstdDecompress);

/**
 * The raw records, for as long as finance keeps them: immutable objects, each the segments of one batch.
 * `zstd -d` of an object gives its segments one after the other.
 */
@Injectable()
export class SegmentArchive {
  constructor(@Inject(OBJECT_STORE) private readonly store: ObjectStore) {}

  /**
   * Writes the segments (as `compressSegment` makes them, in this order) as one object. Its name is its content: what is put again after
   * a transaction that was rolled back lies there already, and what no transaction refers to does no harm.
   * @param at when they are counted, epoch ms
   * @returns where each lies
   * @throws ObjectError `store_unavailable` | `store_full`
   */
  async put(frames: readonly Uint8Array[], at: number): Promise<readonly SegmentLocation[]> {
    const content = Buffer.concat(frames);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const object = `usage/${jstDateOf(at).replaceAll('-', '/')}/${sha256}.zst`;
    if (!(await this.store.put(object, content))) throw damaged(object);
    let end = 0;
    return frames.map(({ length }) => ({ object, offset: (end += length) - length, length }));
  }

  /** @throws MeteringError `archive_damaged`; ObjectError `store_unavailable` */
  async read(location: SegmentLocation): Promise<UsageSegment> {
    return decodeSegment(await this.readOctets(location));
  }

  /** The octets of the segment. @throws MeteringError `archive_damaged`; ObjectError `store_unavailable` */
  async readOctets({ object, offset, length }: SegmentLocation): Promise<Buffer> {
    const stored = await this.store.open(object);
    if (!stored) throw damaged(object);
    const pieces: Uint8Array[] = [];
    for await (const piece of stored.read({ start: offset, end: offset + length })) pieces.push(piece);
    try {
      return await decompress(Buffer.concat(pieces));
    } catch (cause) {
      throw damaged(object, cause);
    }
  }
}

const damaged = (object: string, cause?: unknown): MeteringError =>
  new MeteringError(
    'archive_damaged',
    `The object ${object} of the usage archive is missing or damaged: restore it from its copy.`,
    { cause },
  );
