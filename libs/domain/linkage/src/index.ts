export * from './challenge.ts';
export * from './linkage-error.ts';
export * from './linkage-event.ts';
export * from './person-event.ts';
export * from './ppid.ts';
export * from './proof.ts';
export * from './registry-calls.ts';
