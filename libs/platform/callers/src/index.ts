export * from './allow.ts';
export * from './callers.module.ts';
export * from './client-certificate.ts';
export * from './current-caller.ts';
