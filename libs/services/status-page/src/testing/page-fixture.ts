import type { CrlDescriptor } from '@kakunin/publication';
import type { PageModel } from '../page-model.ts';

/** 2026-10-31 23:59:59 in Japan. */
export const NOW = Date.UTC(2026, 9, 31, 14, 59, 59);

export const descriptor = (over: Partial<CrlDescriptor> = {}): CrlDescriptor => ({
  authorityId: 'signature-1',
  certificateClass: 'signature',
  kind: 'complete',
  issuer: 'CN=署名用認証局, O=Kakunin Test, C=JP',
  keyAlgorithm: 'RSA 2048',
  crlNumber: 1_234n,
  scheduled: true,
  thisUpdate: NOW - 60_000,
  nextUpdate: NOW + 86_340_000,
  publishedAt: NOW - 59_000,
  nextPublication: NOW + 3_541_000,
  lastScheduledUpdate: NOW - 60_000,
  entries: 26_012_345,
  bytes: 962_456_789,
  sha256: '0123456789abcdef'.repeat(4),
  url: '/crl/signature-1.crl',
  immutableUrl: '/crl/signature-1/1234.crl',
  ...over,
});

export const model = (over: Partial<PageModel> = {}): PageModel => ({
  now: NOW,
  ocspUrl: 'http://ocsp.example.jp/ocsp',
  manifest: {
    value: {
      crls: [
        descriptor(),
        descriptor({
          authorityId: 'user-authentication-1',
          certificateClass: 'user-authentication',
          issuer: 'CN=利用者証明用認証局, O=Kakunin Test, C=JP',
          keyAlgorithm: 'EC P-256',
          url: '/crl/user-authentication-1.crl',
        }),
      ],
    },
  },
  statusData: {
    value: {
      authorities: [
        { authorityId: 'signature-1', asOf: NOW - 1_000 },
        { authorityId: 'user-authentication-1', asOf: NOW - 90_000 },
      ],
    },
  },
  testCertificates: {
    value: [
      {
        file: 'signature-valid.pem',
        purpose: 'valid',
        subject: 'CN=Test valid',
        notAfter: NOW + 86_400_000,
        pem: 'a certificate',
      },
    ],
  },
  usage: { value: { date: '2026-10-31', checks: { signature: 12_345, 'user-authentication': 1_234_567 } } },
  ...over,
});
