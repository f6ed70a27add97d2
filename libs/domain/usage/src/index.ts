export * from './usage-event.ts';
export * from './usage-journal.ts';
