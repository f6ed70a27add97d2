/** What a worker thread needs: erasable TypeScript, no Nest. */
export { JournalWriter } from './journal-writer.ts';
export type { JournalPlace, JournalWriterFigures, JournalWriterInput } from './journal-writer.ts';
export { nodeFileSystem } from './journal-file-system.ts';
export type { JournalFile, JournalFileSystem } from './journal-file-system.ts';
export { createRetryWindow } from './retry-window-memory.ts';
export type { RetryWindowMemory, RetryWindowSize } from './retry-window-memory.ts';
export type { SealedSegment } from './sealed-segment.ts';
export { CustomerTally } from './customer-tally.ts';
export type { RecordedEvents, RecordedRequest, Waiter } from './waiter.ts';
