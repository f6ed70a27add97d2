export * from './archive/crl-octets.ts';
export * from './archive/crl-record.ts';
export * from './archive/entry-list.ts';
export * from './archive/merge-lists.ts';
export * from './archive/rebuild-crl.ts';
export * from './evidence-error.ts';
