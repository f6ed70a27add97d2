export { IdentificationError, type IdentificationStatement, verifyIdentification } from './verify-identification.ts';
