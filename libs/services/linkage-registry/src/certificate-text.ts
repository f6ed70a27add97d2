import { decodePem, parseCertificate, type Certificate } from '@kakunin/x509';
import { z } from 'zod';

/** A certificate in a request: PEM, or DER in base64. */
export const certificateTextSchema = z.string().max(20_000).describe('PEM, or DER in base64');

/** @throws X509Error `malformed_certificate` | `malformed_pem` */
export const readCertificateText = (text: string): Certificate =>
  parseCertificate(text.includes('-----') ? decodePem('CERTIFICATE', text) : Buffer.from(text, 'base64'));
