import { DerError } from '@kakunin/der';
import { type BasicOcspResponse, parseOcspResponse, type SingleResponse, verifyOcspResponse } from '@kakunin/ocsp';
import type { Certificate } from '@kakunin/x509';
import type { HttpAnswer } from './exchange.ts';
import { type ExchangedMessages, OcspClientError } from './ocsp-client-error.ts';
import { refused, unreliable } from './refusals.ts';
import type { Settings } from './settings.ts';
import { provesAnother, readInvalidityDate } from './single-extensions.ts';
import type { Subject } from './subject.ts';

/** What was asked: the answer is held against it. */
export interface Question {
  readonly subject: Subject;
  readonly nonce: Uint8Array;
  /** DER. */
  readonly request: Uint8Array;
}

/** An answer that may be relied upon. */
export interface VerifiedAnswer {
  readonly messages: ExchangedMessages;
  readonly basic: BasicOcspResponse;
  /** About the certificate that was asked about. */
  readonly single: SingleResponse;
  /** Epoch ms. */
  readonly invalidityDate: number | undefined;
  readonly responder: Certificate;
}

/**
 * Reads the body of an HTTP 200 and verifies everything about it.
 * @throws OcspClientError `refused`, and the codes of answers that must not be relied upon
 */
export function verifyAnswer({ headers, body }: HttpAnswer, question: Question, settings: Settings): VerifiedAnswer {
  const messages = { request: question.request, response: new Uint8Array(body) };
  const parsed = parseOcspResponse(messages.response);
  if (parsed.status === 'malformed') throw malformed(parsed.detail, messages);
  if (parsed.status !== 'successful') throw refused(parsed.status, headers['kakunin-error']?.toString(), messages);
  try {
    return { messages, ...verifyBasic(parsed.basic, question, { settings, messages }) };
  } catch (error) {
    if (error instanceof DerError) throw malformed(error.message, messages);
    throw error;
  }
}

interface Circumstances {
  readonly settings: Settings;
  readonly messages: ExchangedMessages;
}

/** @throws DerError when an extension is malformed */
function verifyBasic(basic: BasicOcspResponse, { subject, nonce }: Question, { settings, messages }: Circumstances) {
  const { authority, certId, certificate } = subject;
  const verified = verifyOcspResponse(basic, {
    certIds: [certId],
    nonce,
    authority,
    now: settings.clock.now(),
    clockSkew: settings.clockSkewMs,
    maximumAge: settings.maxAgeMs,
    requireNoCheck: settings.responderWithoutNoCheck === 'refuse',
  });
  if (!verified.ok) throw unreliable(verified.refusal, messages);
  const [single] = verified.responses as [SingleResponse];
  const { extensions = [] } = single;
  if (provesAnother(certificate, extensions)) throw unreliable('certificate_hash_differs', messages);
  return { basic, single, responder: verified.responder, invalidityDate: readInvalidityDate(extensions) };
}

function malformed(detail: string, messages: ExchangedMessages): OcspClientError {
  const message = `The answer is no OCSP response: ${detail} Check the address.`;
  return new OcspClientError('malformed_response', message, { sent: true, reason: 'malformed_der', messages });
}
