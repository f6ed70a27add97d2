export { StatusFeedModule } from './status-feed.module.ts';
export type { StatusFeedOptions } from './status-feed.module.ts';
export { StatusFeed } from './status-feed.ts';
export type { StatusFeedInput } from './status-feed.ts';
export type { AuthorityStatus } from './authority-feed.ts';
export type { BlockedEvent } from './blocked-events.ts';
export { StatusFeedError } from './status-feed-error.ts';
export type { StatusFeedErrorCode } from './status-feed-error.ts';
