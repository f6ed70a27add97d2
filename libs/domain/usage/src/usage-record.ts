import { crc32 } from 'node:zlib';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, OUTCOMES, PURPOSES } from './usage-event.ts';
import type { UsageEvent } from './usage-event.ts';
import { UsageError } from './usage-error.ts';

/** Octets of a request digest and of a certificate digest. */
export const DIGEST_OCTETS = 16;
const HEAD_OCTETS = 6;
const FIXED_OCTETS = 6 + 5 + 3 + 2 * DIGEST_OCTETS;
const LONGEST_CODE = 255;

/**
 * Appends events as frames: length of the body (u16) and its CRC-32 (u32), then the body: time (u48), five codes of one
 * octet, three length-prefixed UTF-8 strings, two digests. Numbers are big-endian.
 * @throws UsageError `invalid_event`, with nothing half done
 */
export function encodeUsageRecords(events: readonly UsageEvent[]): Buffer {
  const target = Buffer.allocUnsafe(events.length * (HEAD_OCTETS + FIXED_OCTETS + 3 * LONGEST_CODE));
  let end = 0;
  for (const event of events) end = writeRecord(target, end, event);
  return target.subarray(0, end);
}

function writeRecord(target: Buffer, start: number, event: UsageEvent): number {
  const body = start + HEAD_OCTETS;
  let at = target.writeUIntBE(timeOf(event), body, 6);
  for (const code of codesOf(event)) at = target.writeUInt8(code, at);
  for (const text of [event.platformProvider, event.serviceProvider, event.authorityId])
    at = writeText(target, at, text);
  for (const digest of [event.requestDigest, event.certificateDigest]) {
    if (digest.length !== DIGEST_OCTETS)
      throw invalid(`a digest has ${digest.length} octets instead of ${DIGEST_OCTETS}`);
    target.set(digest, at);
    at += DIGEST_OCTETS;
  }
  target.writeUInt16BE(at - body, start);
  target.writeUInt32BE(crc32(target.subarray(body, at)), start + 2);
  return at;
}

function timeOf({ time }: UsageEvent): number {
  if (!Number.isSafeInteger(time) || time < 0 || time >= 2 ** 48) throw invalid('its time is no epoch milliseconds');
  return time;
}

const codesOf = ({ certificateClass, carrier, channel, purpose, outcome }: UsageEvent): number[] => [
  CERTIFICATE_CLASSES.indexOf(certificateClass),
  CARRIERS.indexOf(carrier),
  CHANNELS.indexOf(channel),
  PURPOSES.indexOf(purpose),
  OUTCOMES.indexOf(outcome),
];

function writeText(target: Buffer, at: number, text: string): number {
  const length = Buffer.byteLength(text);
  if (length > LONGEST_CODE) throw invalid(`a code is longer than ${LONGEST_CODE} octets`);
  return target.writeUInt8(length, at) + target.write(text, at + 1);
}

const invalid = (why: string): UsageError =>
  new UsageError('invalid_event', `A usage event cannot be recorded: ${why}.`);

/**
 * Reads frames from `start` for as long as they are whole.
 * @returns the events, and where the first octet lies that belongs to no whole frame: the end, or a torn tail
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
