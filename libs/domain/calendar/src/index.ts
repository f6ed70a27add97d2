export * from './clock.ts';
export * from './billing-period.ts';
