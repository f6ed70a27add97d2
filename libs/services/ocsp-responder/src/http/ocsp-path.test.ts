import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOcspPath } from './ocsp-path.ts';

const forItself = { serviceProvider: '', purpose: 'signature_verification' } as const;

const asked = (path: object, encodedRequest = '') => ({ path, encodedRequest });

describe('parseOcspPath', () => {
  test.each([
    ['/ocsp', asked(forItself)],
    ['/ocsp/', asked(forItself)],
    ['/ocsp/MFQw', asked(forItself, 'MFQw')],
    ['/ocsp//MFQw', asked(forItself, 'MFQw')],
    ['/ocsp/MFQw//Mx/y+%2B', asked(forItself, 'MFQw//Mx/y+%2B')],
    ['/ocsp/bank', asked({ ...forItself, serviceProvider: 'bank' })],
    ['/ocsp/bank/MFQw', asked({ ...forItself, serviceProvider: 'bank' }, 'MFQw')],
    ['/ocsp/bank/liveness_check', asked({ serviceProvider: 'bank', purpose: 'liveness_check' })],
    ['/ocsp/bank/liveness_check/MF/Qw', asked({ serviceProvider: 'bank', purpose: 'liveness_check' }, 'MF/Qw')],
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

  test('the same path is the same object', () => {
    expect(parseOcspPath('/ocsp/bank/MFQw')?.path).toBe(parseOcspPath('/ocsp/bank/')?.path);
  });

  test('gives back whatever code, purpose and request were put together', () => {
    const code = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/);
    const encoded = fc.uint8Array({ minLength: 1 }).map((tail) => Buffer.from([0x30, ...tail]).toString('base64'));
    const purposes = fc.constantFrom('signature_verification' as const, 'liveness_check' as const);
    fc.assert(
      fc.property(code, purposes, encoded, (serviceProvider, purpose, encodedRequest) => {
        expect(parseOcspPath(`/ocsp/${serviceProvider}/${purpose}/${encodedRequest}`)).toEqual(
          asked({ serviceProvider, purpose }, encodedRequest),
        );
        expect(parseOcspPath(`/ocsp/${encodedRequest}`)).toEqual(asked(forItself, encodedRequest));
      }),
    );
  });
});
