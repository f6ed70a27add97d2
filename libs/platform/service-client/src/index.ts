export { type Answer, type Exchange, exchange, readAnswer, type TlsMaterial } from './exchange.ts';
export * from './service-call-error.ts';
export * from './service-client.ts';
