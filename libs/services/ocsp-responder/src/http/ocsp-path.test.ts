import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOcspPath } from './ocsp-path.ts';

const forItself = { serviceProvider: '', purpose: 'signature_verification' } as const;

describe('parseOcspPath', () => {
  test.each([
    ['/ocsp', { ...forItself, encodedRequest: '' }],
    ['/ocsp/', { ...forItself, encodedRequest: '' }],
    ['/ocsp/MFQw', { ...forItself, encodedRequest: 'MFQw' }],
    ['/ocsp//MFQw', { ...forItself, encodedRequest: 'MFQw' }],
    ['/ocsp/MFQw//Mx/y+%2B', { ...forItself, encodedRequest: 'MFQw//Mx/y+%2B' }],
    ['/ocsp/bank', { ...forItself, serviceProvider: 'bank', encodedRequest: '' }],
    ['/ocsp/bank/MFQw', { ...forItself, serviceProvider: 'bank', encodedRequest: 'MFQw' }],
    ['/ocsp/bank/liveness_check', { serviceProvider: 'bank', purpose: 'liveness_check', encodedRequest: '' }],
    [
      '/ocsp/bank/liveness_check/MF/Qw',
      { serviceProvider: 'bank', purpose: 'liveness_check', encodedRequest: 'MF/Qw' },
    ],
  ])('%s', (path, expected) => {
    expect(parseOcspPath(path)).toEqual(expected);
  });

  test.each([
    '/ocspx',
    '/other',
    '/ocsp/bank/unknown_purpose',
    '/ocsp/bank/liveness_check/more',
    '/ocsp/BANK',
    '/ocsp/b%20',
  ])('%s is no resource', (path) => expect(parseOcspPath(path)).toBeUndefined());

  test('gives back whatever code, purpose and request were put together', () => {
    const code = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/);
    const encoded = fc.uint8Array({ minLength: 1 }).map((tail) => Buffer.from([0x30, ...tail]).toString('base64'));
    const purposes = fc.constantFrom('signature_verification' as const, 'liveness_check' as const);
    fc.assert(
      fc.property(code, purposes, encoded, (serviceProvider, purpose, encodedRequest) => {
        expect(parseOcspPath(`/ocsp/${serviceProvider}/${purpose}/${encodedRequest}`)).toEqual({
          serviceProvider,
          purpose,
          encodedRequest,
        });
        expect(parseOcspPath(`/ocsp/${encodedRequest}`)).toEqual({ ...forItself, encodedRequest });
      }),
    );
  });
});
