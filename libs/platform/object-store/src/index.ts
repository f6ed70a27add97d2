export * from './directory/directory-object-store.ts';
export * from './object-store.module.ts';
export * from './open-object-store.ts';
export * from './store-url.ts';
