export * from './derived-credential.ts';
export * from './derived-credentials-error.ts';
export * from './ground-event.ts';
export * from './registration-message.ts';
