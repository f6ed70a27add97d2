export * from './delivery.ts';
export * from './replay-window.ts';
export * from './webhook-key.ts';
export * from './webhook-signature.ts';
export * from './webhooks-error.ts';
