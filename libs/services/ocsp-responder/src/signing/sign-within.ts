import { X509Error } from '@kakunin/x509';
import type { SigningKey } from '@kakunin/x509';

/**
 * Asks a key that may be in a device, and does not wait for it for ever.
 * @param limit ms
 * @throws X509Error `signer_failed`
 */
export function signWithin(key: SigningKey, tbs: Uint8Array, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new X509Error('signer_failed', `The key did not sign within ${limit / 1000} s.`));
    }, limit);
    key
      .sign(tbs)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
