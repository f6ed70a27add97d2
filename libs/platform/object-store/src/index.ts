export * from './directory-object-store.ts';
