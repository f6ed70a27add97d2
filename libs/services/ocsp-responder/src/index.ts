export { ocspResponder } from './ocsp-responder.ts';
