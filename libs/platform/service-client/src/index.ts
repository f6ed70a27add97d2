export { exchange, readAnswer, type TlsMaterial } from './exchange.ts';
export { ServiceCallError } from './service-call-error.ts';
export { ServiceClient } from './service-client.ts';
