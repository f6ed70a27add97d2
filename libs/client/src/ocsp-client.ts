import type { Agent } from 'node:http';
import { checkNonce } from '@kakunin/linkage';
import { encodeOcspRequest } from '@kakunin/ocsp';
import { unlessAborted } from './aborted.ts';
import { addressOf } from './address.ts';
import { keptConnections } from './connections.ts';
import { CrlStandIn } from './crl-stand-in.ts';
import { exchange, type HttpAnswer } from './exchange.ts';
import { OcspClientError } from './ocsp-client-error.ts';
import type { OcspClientOptions } from './ocsp-client-options.ts';
import { ocspResult } from './ocsp-result.ts';
import { keepReceipts, type ReceiptKeeper, receiptKeepers } from './receipt-keepers.ts';
import { withRetries } from './retries.ts';
import { type Settings, settingsOf } from './settings.ts';
import type { StatusCheck, StatusResult } from './status-check.ts';
import { type Subject, subjectOf } from './subject.ts';
import { type Question, verifyAnswer } from './verify-answer.ts';

/** RFC 9654, 2.1 recommends 32. */
const NONCE_OCTETS = 32;
/** An answer about one certificate has 1 to 4 kB, most of it the responder's certificate. */
const MAX_ANSWER = 64 * 1024;

/**
 * Asks an OCSP responder about certificates and verifies what it answers. One client serves any number of checks at once,
 * over connections that it keeps: make one, and `close` it at the end.
 *
 * **What it costs.** Each `checkStatus` that is answered `good` or `revoked` is one check, which a Kakunin responder charges
 * once. When an answer is lost, the client sends the identical octets again, nonce included: within a minute a Kakunin
 * responder takes them for the same check, answers again and counts nothing. `tryLater` and a refused connection are never
 * charged. So tries of one call cannot be charged twice, and after an `OcspClientError` with `sent: false` nothing was. A new
 * call of `checkStatus` is a new check. This holds for one responder, however many workers it has: behind a balancer that may
 * send a try to another one, or where the responder is not Kakunin, say `server: 'other'`, and nothing is repeated once a
 * connection stood.
 */
export class OcspClient {
  readonly #settings: Settings;
  readonly #connections: Agent;
  readonly #standIn: CrlStandIn | undefined;
  readonly #keepers: readonly ReceiptKeeper[];

  /** @throws OcspClientError `invalid_input` */
  constructor(options: OcspClientOptions) {
    const { tls, keepAlive, crl } = options;
    this.#settings = settingsOf(options);
    this.#connections = keptConnections(this.#settings.url, tls, keepAlive);
    this.#keepers = receiptKeepers(options);
    if (crl?.when === 'unreachable') this.#standIn = new CrlStandIn(crl, tls?.authorities, this.#settings);
  }

  /**
   * Whether a certificate is valid. Verified are: the issuer's signature on the certificate, and of the answer its
   * signature, the responder's right to give it, the nonce, the certificate that it is about, and its times.
   * @throws OcspClientError
   */
  async checkStatus(check: StatusCheck): Promise<StatusResult> {
    const url = addressOf(this.#settings.url, check);
    const subject = subjectOf(check, this.#settings);
    try {
      const result = await this.#ask(url, subject, check);
      if (result.source === 'ocsp' && result.receipts) await keepReceipts(this.#keepers, result.receipts);
      return result;
    } catch (error) {
      if (!this.#standIn || !isUnreachable(error)) throw error;
      return unlessAborted(this.#standIn.lookUp(subject, error), check.signal, error.sent);
    }
  }

  /** Ends the kept connections; what is under way fails. */
  close(): void {
    this.#connections.destroy();
  }

  async #ask(url: URL, subject: Subject, { identifyAs, serviceProvider, signal }: StatusCheck): Promise<StatusResult> {
    const random = this.#settings.random(NONCE_OCTETS);
    const asks = identifyAs !== undefined && serviceProvider !== undefined;
    const nonce = asks ? checkNonce({ random, platformProvider: identifyAs, serviceProvider }) : random;
    const request = new Uint8Array(encodeOcspRequest({ certIds: [subject.certId], nonce }));
    const question: Question = { subject, nonce, request };
    const progress = { sent: false };
    const headers = { 'content-type': 'application/ocsp-request', 'content-length': request.length };
    return withRetries(
      async (timeoutMs) => {
        const call = { url, method: 'POST', headers, body: request, signal, progress, timeoutMs } as const;
        const answer = await exchange({ ...call, connections: this.#connections, maxOctets: MAX_ANSWER });
        if (answer.status !== 200) throw httpError(url, answer);
        const result = ocspResult(verifyAnswer(answer, question, this.#settings), answer.headers);
        return asks ? withIdentificationCheck(result, random) : result;
      },
      { ...this.#settings, signal },
    );
  }
}

/** What the registry verifies: the answer, and what its nonce was made of. */
function withIdentificationCheck(result: StatusResult, random: Uint8Array): StatusResult {
  if (result.source !== 'ocsp') return result;
  const [octets, answer] = [random, result.evidence.response].map((each) => Buffer.from(each).toString('base64'));
  return { ...result, identificationCheck: { random: octets!, ocspResponse: answer! } };
}

function httpError(url: URL, { status }: HttpAnswer): OcspClientError {
  const message = `${url.origin} answers HTTP ${status}. Check the address: its path is that of the responder, as in https://ocsp.example.jp/ocsp.`;
  return new OcspClientError('http_error', message, { sent: true, httpStatus: status });
}

/** Whether it is the responder that is missing, and not the trust in what it said. */
function isUnreachable(error: unknown): error is OcspClientError {
  if (!(error instanceof OcspClientError)) return false;
  const { code, ocspStatus, httpStatus = 0 } = error;
  if (code === 'refused') return ocspStatus === 'tryLater' || ocspStatus === 'internalError';
  if (code === 'http_error') return httpStatus >= 500;
  return code === 'unreachable' || code === 'tls_failed' || code === 'timed_out';
}
