export * from './directory-object-store.ts';
export * from './object-store.module.ts';
