import { createHash } from 'node:crypto';
import { verifyRequestSignature } from '@kakunin/ocsp';
import type { RelyingPartyDirectory } from '@kakunin/relying-parties';
import type { Certificate } from '@kakunin/x509';
import type { AuthorityPolicy } from '../signing/authority-policy.ts';
import type { Customer } from './caller-connection.ts';
import type { LiveQuestion } from './live-question.ts';
import type { RefusalCode } from './refusal.ts';

/** Who may sign requests (RFC 6960, 4.1.2): the caller, with a certificate that is registered as his. */
export class RequestSigners {
  readonly #directory: Pick<RelyingPartyDirectory, 'identify' | 'isComplete'>;

  constructor(directory: Pick<RelyingPartyDirectory, 'identify' | 'isComplete'>) {
    this.#directory = directory;
  }

  /** Why a request is not answered for the sake of its signature, or of having none; undefined when it is. */
  refusalOf(
    { question, customer }: Pick<LiveQuestion, 'question' | 'customer'>,
    { requireSignedRequests }: Pick<AuthorityPolicy, 'requireSignedRequests'>,
    now: number,
  ): RefusalCode | undefined {
    if (!question.parsed?.signature) return requireSignedRequests ? 'request_signature_missing' : undefined;
    const check = verifyRequestSignature(question.parsed);
    if (typeof check === 'string') return 'request_signature_invalid';
    if (!this.#directory.isComplete) return 'not_ready';
    return this.#maySign(check.signer, customer, now) ? undefined : 'request_signer_unknown';
  }

  /** For one who asks without saying who he is, any registered caller may sign. */
  #maySign({ der }: Certificate, { platformProvider, charged }: Customer, now: number): boolean {
    const result = this.#directory.identify(createHash('sha256').update(der).digest('hex'), now);
    return 'caller' in result && (!charged || result.caller.code === platformProvider);
  }
}
