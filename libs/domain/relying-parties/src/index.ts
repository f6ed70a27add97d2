export * from './relying-party.ts';
export * from './relying-party-directory.ts';
