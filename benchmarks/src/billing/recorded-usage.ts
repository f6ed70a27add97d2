import type { NewEvent } from '@kakunin/event-log';
import {
  encodeSegmentHeader,
  encodeSegmentTrailer,
  segmentEvent,
  type UsageKind,
  UsageRecordTemplate,
} from '@kakunin/usage';

export const SERVICE_PROVIDERS = 1_300;
const PLATFORM_PROVIDERS = 25;
/** One for each partition of the topic, as a responder of eight workers has. */
const JOURNALS = 8;
/** What a segment of 512 kB holds: journals seal at that size. */
export const RECORDS_PER_SEGMENT = 6_800;
const SECONDS_PER_SEGMENT = 2;
const START = Date.UTC(2026, 10, 15, 3);
const NO_DIGEST = new Uint8Array(16);

/** Two classes for each service provider, so 2,600 kinds; a record in fifty is of a revoked certificate: 5,200. */
const KINDS: readonly UsageKind[] = Array.from({ length: SERVICE_PROVIDERS }, (_, index) => index).flatMap((index) =>
  (['user-authentication', 'signature'] as const).flatMap((certificateClass) =>
    (['good', 'revoked'] as const).map((outcome): UsageKind => ({
      platformProvider: `pf-${index % PLATFORM_PROVIDERS}`,
      serviceProvider: `sp-${index.toString().padStart(4, '0')}`,
      authorityId: `${certificateClass}-g1`,
      certificateClass,
      carrier: 'card',
      channel: 'ocsp',
      purpose: certificateClass === 'signature' ? 'signature_verification' : 'liveness_check',
      outcome,
    })),
  ),
);
const TEMPLATES = KINDS.map((kind) => new UsageRecordTemplate(kind));

/** Segments as eight busy journals hand them over, the same in every run. */
export function* recordedUsage(segments: number): Generator<NewEvent> {
  const random = mulberry32(20_261_123);
  const certificateDigest = Buffer.alloc(16);
  for (let index = 0; index < segments; index += 1) {
    const producer = (index % JOURNALS).toString(16).padStart(32, '0');
    const sequence = BigInt(Math.floor(index / JOURNALS) + 1);
    const start = START + Math.floor(index / JOURNALS) * SECONDS_PER_SEGMENT * 1_000;
    const parts: Buffer[] = [encodeSegmentHeader({ producer, sequence })];
    for (let record = 0; record < RECORDS_PER_SEGMENT; record += 1) {
      const time = start + Math.floor((record * SECONDS_PER_SEGMENT * 1_000) / RECORDS_PER_SEGMENT);
      for (let octet = 0; octet < 16; octet += 4) certificateDigest.writeUInt32LE(random(), octet);
      const kind = 4 * (random() % SERVICE_PROVIDERS) + 2 * (random() % 2) + (random() % 50 === 0 ? 1 : 0);
      const template = TEMPLATES[kind]!;
      const octets = Buffer.allocUnsafe(template.length);
      template.write(octets, 0, { time, requestDigest: NO_DIGEST, certificateDigest });
      parts.push(octets);
    }
    parts.push(encodeSegmentTrailer(start + SECONDS_PER_SEGMENT * 1_000));
    yield segmentEvent({ producer, sequence, count: RECORDS_PER_SEGMENT }, Buffer.concat(parts));
  }
}

/** A small generator with a seed; unsigned 32 bits. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
