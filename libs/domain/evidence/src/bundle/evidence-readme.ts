import { formatJst } from '@kakunin/calendar';
import type { CertStatus } from '@kakunin/ocsp';
import type { BundleFile } from './evidence-manifest.ts';

/** What the instructions depend on. */
export interface ReadmeInput {
  /** Epoch ms, whole seconds. */
  readonly at: number;
  readonly producedAt: number;
  readonly certStatus: CertStatus;
  readonly hasDelta: boolean;
  /** Names of what was stamped, without their endings: `crl.crl` has `crl.tsr`. */
  readonly stamped: readonly { readonly file: string; readonly timestamp: string }[];
}

const STATUS_JA = { good: '有効（失効していない）', revoked: '失効', unknown: '不明' } as const;

/** `README.txt`: what a bundle is, and the commands of OpenSSL that verify it; Japanese first, English second. */
export function evidenceReadme(input: ReadmeInput): BundleFile {
  const content = `${japanese(input)}\n${english(input)}`;
  return { name: 'README.txt', content: Buffer.from(content, 'utf8') };
}

const seconds = (instant: number): number => Math.floor(instant / 1_000);

const crlCommand = ({ at, hasDelta }: ReadmeInput): string =>
  [
    `openssl verify -attime ${seconds(at)} -partial_chain -crl_check${hasDelta ? ' -extended_crl -use_deltas' : ''}`,
    `-CAfile authority.pem -CRLfile crl.crl${hasDelta ? ' -CRLfile delta.crl' : ''} certificate.pem`,
  ].join(' \\\n    ');

const ocspCommand = ({ at }: ReadmeInput): string =>
  [
    'openssl ocsp -respin ocsp-response.der -no_nonce -issuer authority.pem -sha256 -cert certificate.pem',
    `-CAfile authority.pem -partial_chain -verify_other authority.pem -attime ${seconds(at)}`,
  ].join(' \\\n    ');

const timestampCommands = ({ stamped }: ReadmeInput): string =>
  stamped
    .map(({ file, timestamp }) => `  openssl ts -verify -data ${file} -in ${timestamp} -CAfile tsa-root.pem\n`)
    .join('');

const japanese = (input: ReadmeInput): string => `失効情報の証拠
================

certificate.pem の証明書について、${formatJst(input.at)} の時点で公開されていた失効情報です。
その時点での状態: ${STATUS_JA[input.certStatus.status]}

  crl.crl             その時点で最新だった CRL（公開されたものとビット単位で同一）
${input.hasDelta ? '  delta.crl           その時点で最新だった差分 CRL\n' : ''}  ocsp-response.der   その時点についての OCSP 応答。${formatJst(input.producedAt)} に署名されたもの（producedAt）。
                      状態は上記の CRL による。署名は認証局自身の鍵
  authority.pem       発行した認証局の証明書。信頼できる経路で別に入手したものと比べること
  manifest.json       各ファイルの SHA-256

検証（OpenSSL 3）。証明書の有効期間が過ぎた後も同じ:

  ${crlCommand(input)}

  ${ocspCommand(input)}

失効している場合、一つ目は「certificate revoked」で終わる。それが証拠である。
${input.stamped.length > 0 ? `\nタイムスタンプ（RFC 3161）。tsa-root.pem は時刻認証局のルート証明書:\n\n${timestampCommands(input)}` : ''}
失効情報の利用と提供には法律上の制限がある（公的個人認証法）。
`;

const english = (input: ReadmeInput): string => `Evidence of revocation status
=============================

What was public about the certificate in certificate.pem at ${formatJst(input.at)}.
Its status then: ${input.certStatus.status}

  crl.crl             the CRL that was the newest then, bit for bit as it was published
${input.hasDelta ? '  delta.crl           the delta CRL that was the newest then\n' : ''}  ocsp-response.der   an OCSP answer about that moment, signed at ${formatJst(input.producedAt)} (producedAt)
                      with the authority's own key, by what the CRL said
  authority.pem       the certificate of the authority; compare it with one that you have from elsewhere
  manifest.json       the SHA-256 of each file

To verify (OpenSSL 3), also after the certificate has expired:

  ${crlCommand(input)}

  ${ocspCommand(input)}

Where the certificate was revoked the first one ends with "certificate revoked": that is the evidence.
${input.stamped.length > 0 ? `\nTimestamps (RFC 3161); tsa-root.pem is the root certificate of the time-stamping authority:\n\n${timestampCommands(input)}` : ''}
The law limits who may use and pass on revocation data (in Japan 公的個人認証法).
`;
