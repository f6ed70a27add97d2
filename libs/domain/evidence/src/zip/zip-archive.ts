import { EvidenceError } from '../evidence-error.ts';

/** A file for a ZIP archive, whose size and checksum are known before it is read. */
export interface ZipFile {
  /** ASCII, without folders. */
  readonly name: string;
  readonly size: number;
  /** CRC-32 as `zlib.crc32` gives it. */
  readonly crc32: number;
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

const LOCAL_FILE = 0x04034b50;
const CENTRAL_FILE = 0x02014b50;
const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const LOCAL_HEADER = 30;
const CENTRAL_HEADER = 46;
const END_RECORD = 22;
const VERSION = 10;
/** 1980-01-01, the first day of MS-DOS: an archive is the same octets whenever it is made. */
const DATE = 0x21;
const LIMIT = 0xffffffff;

/** Octets of the archive that {@link zipOf} gives. */
export const zipSize = (files: readonly Pick<ZipFile, 'name' | 'size'>[]): number =>
  files.reduce((sum, { name, size }) => sum + LOCAL_HEADER + CENTRAL_HEADER + 2 * name.length + size, END_RECORD);

/**
 * A ZIP archive (APPNOTE 6.3) of files as they are, not compressed, in the order given: the same files are the same
 * octets.
 * @throws EvidenceError `too_large` from 4 GiB on, before anything is given
 */
export async function* zipOf(files: readonly ZipFile[]): AsyncGenerator<Uint8Array> {
  if (zipSize(files) > LIMIT) throw new EvidenceError('too_large', 'The files are too large for one ZIP archive.');
  const central: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name, 'ascii');
    yield Buffer.concat([localHeader(file), name]);
    yield* file.content;
    central.push(centralHeader(file, offset), name);
    offset += LOCAL_HEADER + name.length + file.size;
  }
  const directory = Buffer.concat(central);
  yield directory;
  yield endRecord(files.length, directory.length, offset);
}

/** What both headers of a file say of it, from the version on. */
function describe(header: Buffer, at: number, { name, size, crc32 }: ZipFile): void {
  header.writeUInt16LE(VERSION, at);
  header.writeUInt16LE(DATE, at + 8);
  header.writeUInt32LE(crc32, at + 10);
  header.writeUInt32LE(size, at + 14);
  header.writeUInt32LE(size, at + 18);
  header.writeUInt16LE(name.length, at + 22);
}

function localHeader(file: ZipFile): Buffer {
  const header = Buffer.alloc(LOCAL_HEADER);
  header.writeUInt32LE(LOCAL_FILE);
  describe(header, 4, file);
  return header;
}

function centralHeader(file: ZipFile, offset: number): Buffer {
  const header = Buffer.alloc(CENTRAL_HEADER);
  header.writeUInt32LE(CENTRAL_FILE);
  header.writeUInt16LE(VERSION, 4);
  describe(header, 6, file);
  header.writeUInt32LE(offset, 42);
  return header;
}

function endRecord(files: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(END_RECORD);
  record.writeUInt32LE(END_OF_CENTRAL_DIRECTORY);
  record.writeUInt16LE(files, 8);
  record.writeUInt16LE(files, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}
