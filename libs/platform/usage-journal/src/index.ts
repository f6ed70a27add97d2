export { USAGE_JOURNAL, UsageJournalModule } from './usage-journal.module.ts';
