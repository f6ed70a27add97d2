import { aborted } from './aborted.ts';
import type { HttpCall } from './exchange.ts';
import { OcspClientError, type OcspClientErrorCode } from './ocsp-client-error.ts';

const HANDSHAKE = /^ERR_SSL|^EPROTO$/;
const TRUST = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ISSUER/;

/** What a request is destroyed with when its time is over. */
export class TimeOver extends Error {}

/** Codes of the system, of Node and of OpenSSL, as what happened and what to do about it. */
export function transportError({ url, signal, timeoutMs, progress }: HttpCall, cause: unknown): OcspClientError {
  if (cause instanceof OcspClientError) return cause;
  const { code: reason = (cause as Error).name } = cause as NodeJS.ErrnoException;
  const { sent } = progress;
  const failed = (code: OcspClientErrorCode, message: string) =>
    new OcspClientError(code, message, { sent, reason, cause });
  if (signal?.aborted) return aborted(sent, cause);
  if (cause instanceof TimeOver) {
    const where = sent ? 'did not answer' : 'could not be connected to';
    return failed(
      'timed_out',
      `${url.origin} ${where} within ${Math.round(timeoutMs)} ms. Try again later, or allow more time.`,
    );
  }
  if (TRUST.test(reason)) {
    return failed(
      'tls_failed',
      `${url.origin} shows a certificate that is not trusted (${reason}). Check \`tls.authorities\`.`,
    );
  }
  if (HANDSHAKE.test(reason)) {
    return failed(
      'tls_failed',
      `${url.origin} broke off the TLS handshake (${reason}). Check the client certificate and its key.`,
    );
  }
  return failed('unreachable', `${url.origin} does not answer (${reason}). Is it running, and is the address right?`);
}
