export * from './names-in-sector.ts';
export * from './person-history.ts';
export * from './person-record.ts';
export * from './person-view.ts';
export * from './persons-error.ts';
export * from './sector-news.ts';
export * from './survivor.ts';
