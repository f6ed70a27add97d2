export * from './postgres.ts';
export * from './object-store-contract.ts';
