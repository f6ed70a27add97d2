export * from './der-error.ts';
export * from './der-reader.ts';
export * from './der-value.ts';
export * from './encode-der.ts';
export * from './object-identifier.ts';
export * from './octets.ts';
export * from './tag.ts';
export * from './time.ts';
