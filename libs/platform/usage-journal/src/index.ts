export { JournalDirectoriesModule } from './journal-directories.module.ts';
export type { JournalDirectoriesOptions } from './journal-directories.module.ts';
export { JournalDirectories } from './journal-directories.ts';
