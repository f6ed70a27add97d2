export type { AuthorityStatus } from './authority-feed.ts';
export { StatusFeed } from './status-feed.ts';
export { StatusFeedModule } from './status-feed.module.ts';
