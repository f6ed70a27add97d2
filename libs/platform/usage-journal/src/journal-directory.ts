import { join } from 'node:path';
import { UsageError } from '@kakunin/usage';
import type { JournalFileSystem } from './journal-file-system.ts';

/** `segment`: may hold usage that is not handed over yet; `sent`: handed over, kept for the retry window. */
export type SegmentState = 'segment' | 'sent';

export interface SegmentName {
  readonly sequence: bigint;
  readonly state: SegmentState;
}

const SEGMENT = /^(\d{20})\.(segment|sent)$/;
const PRODUCER_FILE = 'producer';
const PRODUCER = /^[0-9a-f]{32}$/;

/** The files of one journal, by name. */
export class JournalDirectory {
  readonly path: string;
  readonly fileSystem: JournalFileSystem;

  constructor(path: string, fileSystem: JournalFileSystem) {
    this.path = path;
    this.fileSystem = fileSystem;
  }

  pathOf({ sequence, state }: SegmentName): string {
    return join(this.path, `${sequence.toString().padStart(20, '0')}.${state}`);
  }

  /** Whether a journal was ever here. */
  async isUsed(): Promise<boolean> {
    const names = await this.fileSystem.list(this.path);
    return names.some((name) => name === PRODUCER_FILE || SEGMENT.test(name));
  }

  /** In order of sequence. */
  async segments(): Promise<readonly SegmentName[]> {
    const names = await this.fileSystem.list(this.path);
    const found = names.flatMap((name) => {
      const [, sequence, state] = SEGMENT.exec(name) ?? [];
      return sequence && state ? [{ sequence: BigInt(sequence), state: state as SegmentState }] : [];
    });
    return found.sort((one, other) => (one.sequence < other.sequence ? -1 : 1));
  }

  /**
   * The journal's identity: drawn once, when the directory is empty, and kept from then on.
   * @throws UsageError `journal_damaged`
   */
  async producer(draw: () => string): Promise<string> {
    const names = await this.fileSystem.list(this.path);
    const path = join(this.path, PRODUCER_FILE);
    if (names.includes(PRODUCER_FILE)) {
      const producer = Buffer.from(await this.fileSystem.read(path))
        .toString()
        .trim();
      if (PRODUCER.test(producer)) return producer;
    }
    if (names.some((name) => SEGMENT.test(name))) {
      throw new UsageError(
        'journal_damaged',
        `The file ${path} is missing or damaged, though there are segments beside it: bring it back from a backup; ` +
          'the name of the producer is also in octets 5 to 20 of every segment.',
      );
    }
    const producer = draw();
    await this.writeWhole(path, Buffer.from(`${producer}\n`));
    return producer;
  }

  /** A small file that is there whole or not at all. */
  async writeWhole(path: string, octets: Uint8Array): Promise<void> {
    const temporary = `${path}.tmp`;
    const file = await this.fileSystem.open(temporary);
    try {
      await file.truncate(0);
      await file.write(octets, 0);
    } finally {
      await file.close();
    }
    await this.fileSystem.rename(temporary, path);
    await this.fileSystem.syncDirectory(this.path);
  }
}
