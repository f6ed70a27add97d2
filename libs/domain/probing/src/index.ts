export * from './call-quota.ts';
export * from './distinct-counter.ts';
export * from './honey.ts';
export * from './probing-block.ts';
export * from './probing-detector.ts';
export * from './probing-error.ts';
