export * from './audit-chain.ts';
export * from './audit-entry.ts';
export * from './audit-error.ts';
export * from './holder-view.ts';
export * from './signed-head.ts';
