export { crlPublisher } from './crl-publisher.ts';
