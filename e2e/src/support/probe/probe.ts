import { type DerPart, encodeDer, octetString, sequence } from '@kakunin/der';
import { certIdOf } from '@kakunin/ocsp';
import { type RequestParts, requestWith } from '@kakunin/ocsp/testing/request-corpus';
import type { Extension, HashAlgorithm } from '@kakunin/x509';
import { type Named, type Population, SERIAL_NUMBERS } from './population.ts';
import { type HttpAnswer, send, type Sent } from './send.ts';
import { whatIsSaid } from './what-is-said.ts';

/** Where a responder listens. */
export interface ProbedResponder {
  readonly port: number;
  /** Without a slash at its end. */
  readonly path: string;
}

export const OCSP_REQUEST = { 'content-type': 'application/ocsp-request' };

export const nonceOf = (length: number): Extension => ({
  id: '1.3.6.1.5.5.7.48.1.2',
  critical: false,
  value: encodeDer(octetString(Buffer.alloc(length, 0xa5))),
});

/** Asks one responder, and says what it said. Requests are about the good certificate with SHA-1, unless a row says otherwise. */
export class Probe {
  readonly population: Population;
  readonly responder: ProbedResponder;

  constructor(population: Population, responder: ProbedResponder) {
    this.population = population;
    this.responder = responder;
  }

  /** DER of a CertID. */
  certId(name: Named = 'good', algorithm: HashAlgorithm = 'sha1'): Uint8Array {
    return certIdOf(this.population.ca.certificate, SERIAL_NUMBERS[name], algorithm).der;
  }

  /** DER of a message about certificates by their CertIDs, or of whatever parts. */
  request(parts: RequestParts & { readonly certIds?: readonly DerPart[] } = {}): Uint8Array {
    const { certIds = [this.certId()], ...others } = parts;
    return requestWith({ requests: certIds.map((certId) => sequence(certId)), ...others });
  }

  about(...names: readonly Named[]): Uint8Array {
    return this.request({ certIds: names.map((name) => this.certId(name)) });
  }

  /** POSTs a request. @returns what is said to it */
  async post(request: Uint8Array, headers: Readonly<Record<string, string>> = OCSP_REQUEST): Promise<string> {
    const answer = await this.send({ method: 'POST', body: request, headers });
    return this.said(answer, request);
  }

  /** GETs a request. @param encode how its base64 stands in the path */
  async get(request: Uint8Array, encode: (base64: string) => string = encodeURIComponent): Promise<string> {
    return this.said(await this.answerToGet(request, { encode }), request);
  }

  answerToGet(
    request: Uint8Array,
    { encode = encodeURIComponent, headers = {} }: GetOptions = {},
  ): Promise<HttpAnswer | undefined> {
    const encoded = encode(Buffer.from(request).toString('base64'));
    return this.send({ method: 'GET', path: `${this.responder.path}/${encoded}`, headers });
  }

  send(sent: Partial<Sent>): Promise<HttpAnswer | undefined> {
    const { port, path } = this.responder;
    return send({ port, path: path || '/', method: 'POST', ...sent });
  }

  said(answer: HttpAnswer | undefined, request: Uint8Array): string {
    return whatIsSaid(answer, request, this.population.ca.certificate);
  }
}

export interface GetOptions {
  readonly encode?: (base64: string) => string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One rule, and how to find out whether a responder keeps it. */
export interface ProbeRow {
  readonly rule: string;
  /** Where it stands. */
  readonly from: string;
  readonly ask: (probe: Probe) => Promise<string>;
  /** What Kakunin says; and behind it what the standards allow as well. */
  readonly right: Right;
}

export type Right = readonly [ours: string, ...others: string[]];

/** Many servers refuse what is malformed before they have read it as OCSP. */
export const MALFORMED: Right = ['malformedRequest', 'HTTP 400'];
