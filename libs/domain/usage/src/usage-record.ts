import { crc32 } from 'node:zlib';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, OUTCOMES, PURPOSES } from './usage-event.ts';
import type { UsageEvent } from './usage-event.ts';
import { UsageError } from './usage-error.ts';

/** Octets of a request digest and of a certificate digest. */
export const DIGEST_OCTETS = 16;
const HEAD_OCTETS = 6;
const FIXED_OCTETS = 6 + 5 + 3 + 2 * DIGEST_OCTETS;
const LONGEST_CODE = 255;

/** What differs from answer to answer of the same kind. */
export type UsageOccurrence = Pick<UsageEvent, 'time' | 'requestDigest' | 'certificateDigest'>;

/** What answers are of the same kind by: everything else. */
export type UsageKind = Omit<UsageEvent, keyof UsageOccurrence>;

/**
 * Writes the records of one kind. A record is a frame: length of the body (u16) and its CRC-32 (u32), then the body:
 * time (u48), five codes of one octet, three length-prefixed UTF-8 strings, two digests. Numbers are big-endian.
 */
export class UsageRecordTemplate {
  readonly #frame: Buffer;
  readonly #body: Buffer;
  readonly #digests: number;

  /** @throws UsageError `invalid_event` */
  constructor(kind: UsageKind) {
    const texts = [kind.platformProvider, kind.serviceProvider, kind.authorityId].map(encodeText);
    const constant = Buffer.concat([Buffer.from(codesOf(kind)), ...texts]);
    this.#digests = HEAD_OCTETS + 6 + constant.length;
    this.#frame = Buffer.alloc(this.#digests + 2 * DIGEST_OCTETS);
    this.#body = this.#frame.subarray(HEAD_OCTETS);
    this.#frame.writeUInt16BE(this.#body.length, 0);
    constant.copy(this.#body, 6);
  }

  /** Octets of a record. */
  get length(): number {
    return this.#frame.length;
  }

  /**
   * Writes a record at `at`, where {@link length} octets are free.
   * @returns where it ends
   * @throws UsageError `invalid_event`, with nothing written
   */
  write(target: Uint8Array, at: number, { time, requestDigest, certificateDigest }: UsageOccurrence): number {
    if (!(time >= 0 && time < 2 ** 48 && Math.floor(time) === time)) throw invalid('its time is no epoch milliseconds');
    checkDigest(requestDigest);
    checkDigest(certificateDigest);
    // Patched in the template itself: a CRC of a view that lasts costs less than of a new one, and one copy is enough.
    const frame = this.#frame;
    frame.writeUIntBE(time, HEAD_OCTETS, 6);
    frame.set(requestDigest, this.#digests);
    frame.set(certificateDigest, this.#digests + DIGEST_OCTETS);
    frame.writeUInt32BE(crc32(this.#body), 2);
    target.set(frame, at);
    return at + frame.length;
  }
}

/** @throws UsageError `invalid_event` */
export function encodeUsageRecords(events: readonly UsageEvent[]): Buffer {
  return Buffer.concat(
    events.map((event) => {
      const template = new UsageRecordTemplate(event);
      const record = Buffer.allocUnsafe(template.length);
      template.write(record, 0, event);
      return record;
    }),
  );
}

const codesOf = ({ certificateClass, carrier, channel, purpose, outcome }: UsageKind): number[] => [
  CERTIFICATE_CLASSES.indexOf(certificateClass),
  CARRIERS.indexOf(carrier),
  CHANNELS.indexOf(channel),
  PURPOSES.indexOf(purpose),
  OUTCOMES.indexOf(outcome),
];

function encodeText(text: string): Buffer {
  const length = Buffer.byteLength(text);
  if (length > LONGEST_CODE) throw invalid(`a code is longer than ${LONGEST_CODE} octets`);
  return Buffer.concat([Buffer.of(length), Buffer.from(text)]);
}

function checkDigest(digest: Uint8Array): void {
  if (digest.length !== DIGEST_OCTETS)
    throw invalid(`a digest has ${digest.length} octets instead of ${DIGEST_OCTETS}`);
}

const invalid = (why: string): UsageError =>
  new UsageError('invalid_event', `A usage event cannot be recorded: ${why}.`);

/** @returns where the record ends that begins at `at` of whole records */
export const recordEnd = (records: Uint8Array, at: number): number =>
  at + HEAD_OCTETS + ((records[at] ?? 0) << 8) + (records[at + 1] ?? 0);

/**
 * Reads records from `start` for as long as they are whole.
 * @returns the events, and where the first octet lies that belongs to no whole record: the end, or a torn tail
 */
export function decodeUsageRecords(octets: Uint8Array, start = 0): { events: UsageEvent[]; end: number } {
  const source = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  const events: UsageEvent[] = [];
  let end = start;
  while (end + HEAD_OCTETS <= source.length) {
    const body = end + HEAD_OCTETS;
    const next = body + source.readUInt16BE(end);
    if (next > source.length || crc32(source.subarray(body, next)) !== source.readUInt32BE(end + 2)) break;
    const event = readBody(source.subarray(body, next));
    if (!event) break;
    events.push(event);
    end = next;
  }
  return { events, end };
}

/** @returns undefined when the body is not of this version, though its CRC is right */
function readBody(body: Buffer): UsageEvent | undefined {
  if (body.length < FIXED_OCTETS) return undefined;
  const certificateClass = CERTIFICATE_CLASSES[body[6]!];
  const carrier = CARRIERS[body[7]!];
  const channel = CHANNELS[body[8]!];
  const purpose = PURPOSES[body[9]!];
  const outcome = OUTCOMES[body[10]!];
  if (!certificateClass || !carrier || !channel || !purpose || !outcome) return undefined;
  const texts: string[] = [];
  let at = 11;
  for (let index = 0; index < 3; index += 1) {
    const end = at + 1 + (body[at] ?? 0);
    texts.push(body.toString('utf8', at + 1, end));
    at = end;
  }
  const [platformProvider, serviceProvider, authorityId] = texts as [string, string, string];
  if (at + 2 * DIGEST_OCTETS !== body.length) return undefined;
  return {
    time: body.readUIntBE(0, 6),
    platformProvider,
    serviceProvider,
    authorityId,
    certificateClass,
    carrier,
    channel,
    purpose,
    outcome,
    requestDigest: Uint8Array.from(body.subarray(at, at + DIGEST_OCTETS)),
    certificateDigest: Uint8Array.from(body.subarray(at + DIGEST_OCTETS)),
  };
}
