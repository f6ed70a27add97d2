export { DEFAULT_RETRY, type RetryPolicy, type Sleep } from './backoff.ts';
export { connectEventLog } from './connect-event-log.ts';
export { DeadLetterTopic, type DeadLetterPolicy } from './dead-letter-policy.ts';
export { EventLogStrategy, type EventLogStrategyOptions } from './event-log-strategy.ts';
export { codeOf, isTransient } from './fault.ts';
export { consumeAs, type DeliveryOptions, type PositionStore, replayFrom, type Token } from './handler-options.ts';
export type { SubscriptionStatus } from './handler-subscription.ts';
