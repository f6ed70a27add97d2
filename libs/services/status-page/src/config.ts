import { z } from 'zod';

/** Options of the page; they carry full names, because they are read together with those of the service beside it. */
export const statusPageOptions = {
  statusPageOcspUrl: z
    .url()
    .default('http://127.0.0.1:8081/ocsp')
    .describe('The OCSP address that the page shows: the public one, as in the certificates.')
    .meta({ env: 'KAKUNIN_STATUS_PAGE_OCSP_URL' }),
  statusPageResponderUrl: z
    .url()
    .default('http://127.0.0.1:8081')
    .describe('Where the page asks the OCSP responder how old its status data is; an address inside the network.')
    .meta({ env: 'KAKUNIN_STATUS_PAGE_RESPONDER_URL' }),
  statusPageBillingUrl: z
    .url()
    .default('http://127.0.0.1:8084')
    .describe('Where the page asks the billing meter for the checks of today; an address inside the network.')
    .meta({ env: 'KAKUNIN_STATUS_PAGE_BILLING_URL' }),
  statusPageTestCertificatesDirectory: z
    .string()
    .optional()
    .describe(
      'Certificates for verifiers to test with, issued by the authorities: `<name>-valid.pem`, `<name>-revoked.pem`, `<name>-expired.pem`. The page offers them to everybody; default: none.',
    )
    .meta({ env: 'KAKUNIN_STATUS_PAGE_TEST_CERTIFICATES_DIRECTORY' }),
  statusPageTimeoutMilliseconds: z.coerce
    .number()
    .int()
    .min(10)
    .max(10_000)
    .default(1_000)
    .describe('How long the page waits for a source before it says that the source is away; short, people are waiting.')
    .meta({ env: 'KAKUNIN_STATUS_PAGE_TIMEOUT_MILLISECONDS' }),
};
const options = z.object(statusPageOptions);
export type StatusPageConfig = z.infer<typeof options>;
