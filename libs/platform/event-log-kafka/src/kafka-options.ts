import { EventLogError } from '@kakunin/event-log';
import type { Admin, BaseOptions, ConnectionOptions, Consumer, Producer } from '@platformatic/kafka';

export interface KafkaEventLogOptions {
  /** Bootstrap servers, `host:port`; name at least two of a cluster. */
  readonly brokers: readonly string[];
  /** What brokers call this client in their logs and quotas: the service's name, say; default `kakunin`. */
  readonly clientId?: string;
  /** TLS and SASL towards the brokers; absent for plain text. */
  readonly security?: Pick<ConnectionOptions, 'tls' | 'sasl'>;
  /** Copies of each partition of topics that are created; absent: what the cluster does by default. */
  readonly replication?: number;
  /** How long the group waits for a member that says nothing before it gives its partitions away; default 10,000. */
  readonly sessionTimeoutMilliseconds?: number;
  /** Told of brokers that cannot be reached when appending or asking; subscriptions have their own. */
  readonly onFault?: (error: EventLogError) => void;
}

const CONNECT_LIMIT_MILLISECONDS = 2_000;
const REQUEST_LIMIT_MILLISECONDS = 15_000;

/** What all clients of one event log share. A request that fails for a passing reason is repeated for about five seconds. */
export const clientOptions = ({ brokers, clientId = 'kakunin', security }: KafkaEventLogOptions): BaseOptions => ({
  ...security,
  clientId,
  bootstrapBrokers: [...brokers],
  autocreateTopics: false,
  connectTimeout: CONNECT_LIMIT_MILLISECONDS,
  requestTimeout: REQUEST_LIMIT_MILLISECONDS,
  retries: 10,
  retryDelay: 500,
});

/** Tells of brokers that cannot be reached, while the client goes on trying. */
export function reportUnreachable(client: Admin | Consumer | Producer, onFault: (error: EventLogError) => void): void {
  client.on('client:broker:failed', ({ broker: { host, port } }) =>
    onFault(new EventLogError('unavailable', `The broker ${host}:${port} cannot be reached.`)),
  );
}
