export { connectEventLog } from './connect-event-log.ts';
export { DeadLetterTopic, type DeadLetterPolicy } from './dead-letter-policy.ts';
export { EventLogStrategy } from './event-log-strategy.ts';
export { codeOf, isTransient } from './fault.ts';
export { type CatchUpListener, consumeAs, type PositionStore, replayFrom } from './handler-options.ts';
