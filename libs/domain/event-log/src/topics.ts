/** What a topic is: declared here, created by `kakunin topics create`, never by accident. */
export interface TopicDeclaration {
  readonly name: string;
  /** What the key of an event is; events of one key stay in order. */
  readonly key: string;
  /** Fixed for ever: a change would move keys to other partitions and break their order. */
  readonly partitions: number;
  /** Milliseconds, or `forever`. */
  readonly retention: number | 'forever';
  /** Which schema the values follow. */
  readonly schema: string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const CERTIFICATE_EVENTS = 'certificate-events';
export const STATUS_WATERMARKS = 'status-watermarks';
export const RELYING_PARTY_EVENTS = 'relying-party-events';
export const USAGE_SEGMENTS = 'usage-segments';
export const CRL_PUBLISHED = 'crl-published';

/** The suffix of the topic that takes what a consumer gave up on. */
export const deadLetterTopic = (topic: string): string => `${topic}.dead-letter`;

const DECLARED: readonly TopicDeclaration[] = [
  {
    name: CERTIFICATE_EVENTS,
    key: 'authority id: one order for everything that an authority says',
    partitions: 8,
    retention: 'forever',
    schema: '@kakunin/certificates CertificateEvent (JSON)',
  },
  {
    name: STATUS_WATERMARKS,
    key: 'the constant "linkage-registry"',
    partitions: 1,
    retention: HOUR,
    schema: '@kakunin/certificates StatusWatermark (JSON)',
  },
  {
    name: RELYING_PARTY_EVENTS,
    key: 'relying party code',
    partitions: 1,
    retention: 'forever',
    schema: '@kakunin/relying-parties RelyingPartyEvent (JSON)',
  },
  {
    name: USAGE_SEGMENTS,
    key: 'producer id: the journal that sealed the segment',
    partitions: 8,
    retention: 400 * DAY,
    schema: '@kakunin/usage UsageSegment (binary)',
  },
  {
    name: CRL_PUBLISHED,
    key: 'authority id',
    partitions: 1,
    retention: 7 * DAY,
    schema: '@kakunin/publication CrlPublished (JSON)',
  },
];

/** All topics of Kakunin, each followed by its dead-letter topic. */
export const TOPICS: readonly TopicDeclaration[] = DECLARED.flatMap((topic) => [
  topic,
  {
    name: deadLetterTopic(topic.name),
    key: 'as in the topic itself',
    partitions: 1,
    retention: 'forever',
    schema: 'the value as it came; headers say from where and why',
  },
]);
