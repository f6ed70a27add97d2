export * from './allotment.ts';
export * from './seal-block.ts';
export * from './serial-allotment-error.ts';
