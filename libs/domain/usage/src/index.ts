export * from './usage-event.ts';
export * from './usage-error.ts';
export * from './usage-record.ts';
export * from './usage-segment.ts';
export * from './scan-usage-records.ts';
export * from './compressed-segment.ts';
export * from './segment-event.ts';
