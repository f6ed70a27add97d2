export * from './object-error.ts';
export * from './object-key.ts';
export * from './object-store.ts';
