import { resolve } from 'node:path';
import type { Environment } from '@kakunin/runtime';
import type { LocalTls } from './local-tls.ts';

/** Folders of the one-process system, below `KAKUNIN_DIRECTORY`. */
export const layoutOf = (directory: string) => {
  const at = (...parts: string[]): string => resolve(directory, ...parts);
  return {
    root: at(),
    postgres: at('postgres'),
    tls: at('tls'),
    rootKey: at('linkage-registry', 'root-key'),
    responder: at('ocsp-responder'),
    ocspSigners: at('ocsp-responder', 'signers'),
    crlSigners: at('crl-publisher', 'signers'),
    crlStatus: at('crl-publisher', 'status'),
    crlManifestKey: at('crl-publisher', 'manifest-key.pem'),
    testCertificates: at('crl-publisher', 'test-certificates'),
    published: at('published'),
    sandbox: at('sandbox'),
    billingLedgerKey: at('billing-meter', 'ledger-key.pem'),
    billingStore: at('billing-meter', 'store'),
    billingSigningKey: at('billing-meter', 'signing-key.pem'),
    cliProfile: at('cli.json'),
  };
};
export type Layout = ReturnType<typeof layoutOf>;

export const DATABASES = {
  registry: 'kakunin_linkage_registry',
  billing: 'kakunin_billing_meter',
  publisher: 'kakunin_crl_publisher',
  eventLog: 'kakunin_event_log',
} as const;

/** Code of the platform provider that the sandbox's plain OCSP port counts for. */
export const SANDBOX_PROVIDER = 'sandbox-pf';

export interface EnvironmentInput {
  readonly layout: Layout;
  readonly tls: LocalTls;
  readonly sandbox: boolean;
  /** Address of a database by its name. */
  readonly databaseUrl: (name: string) => string;
}

/**
 * What the services read where the user's environment says nothing: the same variables that four separate processes
 * are given. What the user sets wins, down to another database or Kafka.
 */
export const serviceEnvironment = ({ layout, tls, sandbox, databaseUrl }: EnvironmentInput): Environment => ({
  KAKUNIN_EVENT_LOG_DATABASE_URL: databaseUrl(DATABASES.eventLog),

  KAKUNIN_REGISTRY_DATABASE_URL: databaseUrl(DATABASES.registry),
  KAKUNIN_REGISTRY_ROOT_KEY_FILE: layout.rootKey,
  KAKUNIN_REGISTRY_API_CERTIFICATE_FILE: tls.server.certificateFile,
  KAKUNIN_REGISTRY_API_KEY_FILE: tls.server.keyFile,
  KAKUNIN_REGISTRY_OPERATOR_CERTIFICATE_FILE: tls.operator.certificateFile,

  KAKUNIN_OCSP_TLS_CERTIFICATE_FILE: tls.server.certificateFile,
  KAKUNIN_OCSP_TLS_KEY_FILE: tls.server.keyFile,
  KAKUNIN_OCSP_DATA_DIRECTORY: layout.responder,
  KAKUNIN_OCSP_SIGNERS_DIRECTORY: layout.ocspSigners,
  // The page asks the plain port how old the status data is: it is open without a sandbox, too, though not for questions.
  KAKUNIN_OCSP_PLAIN_CALLER: sandbox ? SANDBOX_PROVIDER : 'anonymous',

  KAKUNIN_CRL_DATABASE_URL: databaseUrl(DATABASES.publisher),
  KAKUNIN_CRL_API_CERTIFICATE_FILE: tls.server.certificateFile,
  KAKUNIN_CRL_API_KEY_FILE: tls.server.keyFile,
  KAKUNIN_CRL_OPERATOR_CERTIFICATE_FILE: tls.operator.certificateFile,
  KAKUNIN_CRL_STORE_URL: `file:${layout.published}`,
  KAKUNIN_CRL_SIGNERS_DIRECTORY: layout.crlSigners,
  KAKUNIN_CRL_SNAPSHOT_DIRECTORY: layout.crlStatus,
  KAKUNIN_CRL_MANIFEST_KEY_FILE: layout.crlManifestKey,
  ...(sandbox && { KAKUNIN_STATUS_PAGE_TEST_CERTIFICATES_DIRECTORY: layout.testCertificates }),

  KAKUNIN_BILLING_DATABASE_URL: databaseUrl(DATABASES.billing),
  KAKUNIN_BILLING_STORE_URL: `file:${layout.billingStore}`,
  KAKUNIN_BILLING_API_CERTIFICATE_FILE: tls.server.certificateFile,
  KAKUNIN_BILLING_API_KEY_FILE: tls.server.keyFile,
  KAKUNIN_BILLING_OPERATOR_CERTIFICATE_FILE: tls.operator.certificateFile,
  KAKUNIN_BILLING_LEDGER_KEY_FILE: layout.billingLedgerKey,
  KAKUNIN_BILLING_SIGNING_KEY_FILE: layout.billingSigningKey,
  // Nobody's number: it only has the right check digit.
  KAKUNIN_BILLING_ISSUER_NAME: 'サンドボックス発行者（請求書ではありません）',
  KAKUNIN_BILLING_ISSUER_NAME_EN: 'Sandbox issuer (not an invoice)',
  KAKUNIN_BILLING_ISSUER_ADDRESS: '東京都',
  KAKUNIN_BILLING_ISSUER_REGISTRATION_NUMBER: 'T8000000000001',
  KAKUNIN_BILLING_STATUS_PORT: '8084',
});
