export * from './ppid-map.ts';
export * from './sector-keys.ts';
export * from './sector-merge.ts';
export * from './sectors-error.ts';
export * from './translation.ts';
