export * from './certificate-event.ts';
