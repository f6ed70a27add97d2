export { FileUsageJournal } from './file-usage-journal.ts';
export type { FileUsageJournalInput } from './file-usage-journal.ts';
export { nodeFileSystem } from './journal-file-system.ts';
export type { JournalFile, JournalFileSystem } from './journal-file-system.ts';
export { USAGE_JOURNAL, UsageJournalModule } from './usage-journal.module.ts';
export type { UsageJournalOptions } from './usage-journal.module.ts';
