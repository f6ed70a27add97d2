import { calendarYearOf } from '@kakunin/calendar';
import type { DigestKey } from '@kakunin/digest-keys';
import { ResponseHead } from '@kakunin/http-fast-path';
import { parseOcspResponse, responderIdByKey } from '@kakunin/ocsp';
import type { BasicOcspResponse } from '@kakunin/ocsp';
import { RelyingPartyDirectory } from '@kakunin/relying-parties';
import { StatusIndex } from '@kakunin/status-index';
import type { TestCa } from '@kakunin/testing/test-ca';
import { decodeUsageRecords, UsageError } from '@kakunin/usage';
import type { UsageEvent } from '@kakunin/usage';
import { CustomerTally } from '@kakunin/usage-journal/writer';
import type { RecordedRequest, Waiter } from '@kakunin/usage-journal/writer';
import { serialNumberOctets } from '@kakunin/x509';
import type { Certificate } from '@kakunin/x509';
import type { CallerConnection, Customer } from '../answering/caller-connection.ts';
import { CallerIdentification } from '../answering/caller-identification.ts';
import { CallerLimits } from '../answering/caller-limits.ts';
import type { EncodedAnswer, Reply } from '../answering/engine.ts';
import { OcspEngine } from '../answering/ocsp-engine.ts';
import type { OcspEngineOptions } from '../answering/ocsp-engine-input.ts';
import type { RefusalCode } from '../answering/refusal.ts';
import { DigestKeys } from '../metering/digest-keys.ts';
import { ReceiptIssuer } from '../metering/receipt-issuer.ts';
import { DEFAULT_POLICY } from '../signing/authority-policy.ts';
import type { AuthorityPolicy } from '../signing/authority-policy.ts';
import type { ResponderSigner } from '../signing/responder-signer.ts';
import { Figures } from '../worker/figures.ts';

export const NOW = Date.UTC(2026, 9, 31, 12);
export const PRODUCER = '0123456789abcdef0123456789abcdef';
export const YEAR = 365 * 86_400_000;

/** An answer that was given. */
export interface SaidAnswer {
  readonly answer: EncodedAnswer;
  readonly customer: Customer;
  readonly receipt: string | undefined;
  readonly refusal?: undefined;
}

/** What was said to one request. */
export type Said = SaidAnswer | { readonly answer?: undefined; readonly refusal: RefusalCode };

/** Keeps what it is told. */
export class TestReply implements Reply {
  wanted = true;
  readonly said: Said[] = [];
  readonly #waiting: (() => void)[] = [];

  answered(answer: EncodedAnswer, customer: Customer, receipt?: string): void {
    this.#say({ answer, customer, receipt });
  }

  refused(refusal: RefusalCode): void {
    this.#say({ refusal });
  }

  async first(): Promise<Said> {
    if (this.said.length === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.said[0]!;
  }

  #say(said: Said): void {
    this.said.push(said);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Remembers requests by their digest, as the journal does, and events instead of octets. */
export class TestJournal {
  readonly events: UsageEvent[] = [];
  fault = false;
  earliestTime = 0;
  readonly #tallies = new Map<string, CustomerTally>();
  readonly #seen = new Set<string>();

  tallyOf(customer: string): CustomerTally {
    const tally = this.#tallies.get(customer) ?? new CustomerTally();
    this.#tallies.set(customer, tally);
    return tally;
  }

  record({ records, digest, count, time, tally }: RecordedRequest, waiter: Waiter): void {
    if (this.fault) return waiter.refused(new UsageError('journal_unavailable', 'disk full'));
    const key = digest && Buffer.from(digest).toString('hex');
    const { events, end } = decodeUsageRecords(records);
    if (end !== records.length || events.length !== count || events.some((event) => event.time !== time))
      throw new Error('These are no records.');
    if (key !== undefined && this.#seen.has(key)) return void setImmediate(() => waiter.recorded());
    this.events.push(...events);
    if (key !== undefined) this.#seen.add(key);
    const firstIndex = tally?.add(1n, count);
    const place = firstIndex === undefined ? undefined : { sequence: 1n, firstIndex, known: 0 };
    setImmediate(() => waiter.recorded(place));
  }
}

/** One authority as the engine sees it; a test may change what it says. */
export class TestAuthority {
  readonly authorityId: string;
  readonly certificateClass = 'signature';
  certificate: Certificate;
  readonly index = StatusIndex.create({ kind: 'random' }, { capacity: 4_096, fingerprints: true });
  asOf: number | undefined = NOW - 3_000;
  blocked = false;
  signer: ResponderSigner | undefined;
  /** Those who sign for whoever prefers their algorithm. */
  others: readonly ResponderSigner[] = [];
  policy: AuthorityPolicy = { ...DEFAULT_POLICY };

  constructor(authorityId: string, ca: TestCa, signer?: ResponderSigner) {
    this.authorityId = authorityId;
    this.certificate = ca.certificate;
    this.signer = signer;
  }

  /** @param serialNumber hexadecimal */
  put(serialNumber: string, change: Partial<Parameters<StatusIndex['put']>[1]> = {}): void {
    const certificate = { notAfter: NOW + YEAR, carrier: 'card', status: { status: 'good' }, ...change } as const;
    this.index.put(serialNumberOctets(serialNumber), certificate);
  }
}

const OPTIONS: OcspEngineOptions = {
  statusMaxAge: 60_000,
  cachedAnswers: 64,
  cachedAnswerMaxAge: 30_000,
  maxRequests: 16,
  signingQueueLimit: 100,
  signingLimit: 5_000,
};

/** Of one year, another than that of the next. */
export const digestKeyOf = (year: string): DigestKey => ({ year, octets: Buffer.alloc(32, year) });

export const FOR_BANK = { serviceProvider: 'bank', purpose: 'liveness_check' } as const;

/** An engine and everything around it, in its normal state; tests disturb one thing each. */
export class EngineWorld {
  now = NOW;
  readonly directory = new RelyingPartyDirectory();
  readonly authorities = new Map<string, TestAuthority>();
  readonly journal = new TestJournal();
  readonly digestKeys = new DigestKeys([digestKeyOf(calendarYearOf(NOW))]);
  readonly figures = new Figures();
  readonly faults: unknown[] = [];
  readonly signing = { signed: 0, failed: 0 };
  authoritiesAreComplete = true;
  readonly engine: OcspEngine;

  constructor(authorities: readonly TestAuthority[], options: Partial<OcspEngineOptions> = {}) {
    const roles = ['platform_provider'] as const;
    for (const code of ['pf', 'other-pf'])
      this.directory.put({ code, name: code, kind: 'platform_provider', roles: [...roles], credentials: [] });
    const bank = { code: 'bank', name: 'SP', kind: 'service_provider', platformProvider: 'pf' } as const;
    this.directory.put({ ...bank, roles: [], credentials: [] });
    this.directory.complete();
    for (const authority of authorities) this.authorities.set(authority.authorityId, authority);
    this.engine = this.#engine({ ...OPTIONS, ...options });
  }

  /** @param change of what is asked, and where */
  ask(body: Uint8Array, change: Partial<Parameters<OcspEngine['answer']>[0]> = {}): TestReply {
    const reply = new TestReply();
    const octets = Buffer.from(body);
    this.engine.answer({ connection: plainConnection(), path: FOR_BANK, body: octets, ...change }, reply);
    // The view is valid until the call returns, and no longer.
    octets.fill(0xff);
    return reply;
  }

  /** @throws when the request is refused */
  async saidTo(body: Uint8Array, change: Parameters<EngineWorld['ask']>[1] = {}): Promise<SaidAnswer> {
    const said = await this.ask(body, change).first();
    if (!said.answer) throw new Error(`refused: ${said.refusal}`);
    return said;
  }

  /** @throws when the request is refused */
  async answered(body: Uint8Array, change: Parameters<EngineWorld['ask']>[1] = {}): Promise<Answered> {
    const { answer } = await this.saidTo(body, change);
    const parsed = parseOcspResponse(answer.response.subarray(answer.bodyStart));
    if (parsed.status !== 'successful') throw new Error(parsed.status);
    return { answer, head: answer.response.toString('latin1', 0, answer.bodyStart), basic: parsed.basic };
  }

  #engine(options: OcspEngineOptions): OcspEngine {
    const { directory, journal, figures, authorities, signing, faults } = this;
    const isComplete = (): boolean => this.authoritiesAreComplete;
    const clock = { now: () => this.now };
    const limits = new CallerLimits(CallerLimits.memoryFor(1, { requestsPerSecond: 0, connections: 0 }), 0);
    return new OcspEngine({
      clock,
      callers: new CallerIdentification({ directory, plainCaller: 'pf', limits }),
      directory,
      status: {
        get isComplete() {
          return isComplete();
        },
        get: (id) => authorities.get(id),
        all: () => authorities.values(),
      },
      signers: {
        signerOf: ({ authorityId }, _now, preferred = []) => {
          const { signer, others = [] } = authorities.get(authorityId) ?? {};
          return others.find(({ key }) => preferred.includes(key.algorithm)) ?? signer;
        },
        policyOf: (authorityId) => authorities.get(authorityId)?.policy ?? DEFAULT_POLICY,
        signed: () => void (signing.signed += 1),
        failed: () => void (signing.failed += 1),
      },
      journal,
      figures,
      log: { error: (_message, error) => void faults.push(error) },
      head: new ResponseHead(clock, ['HTTP/1.1 200 OK', 'content-type: application/ocsp-response']),
      digestKeys: this.digestKeys,
      receipts: new ReceiptIssuer({ producer: PRODUCER, operator: 'test' }),
      options,
    });
  }
}

export interface Answered {
  readonly answer: EncodedAnswer;
  readonly head: string;
  readonly basic: BasicOcspResponse;
}

export const plainConnection = (): CallerConnection => ({
  listener: 'plain',
  fingerprint: undefined,
  address: '192.0.2.1',
  memo: undefined,
});

export const mtlsConnection = (fingerprint: string | undefined): CallerConnection => ({
  ...plainConnection(),
  listener: 'mtls',
  fingerprint,
});

/** Valid for a year around `NOW`. */
export const PERIOD = { notBefore: NOW - YEAR, notAfter: NOW + YEAR };

/** A signer that an authority gave its certificate. */
export async function signerOf(
  ca: TestCa,
  request: Parameters<TestCa['issueResponder']>[0] = {},
): Promise<ResponderSigner> {
  const { credential, certificate } = await ca.issueResponder({ ...PERIOD, ...request });
  return { key: credential.key, certificate, responderId: responderIdByKey(certificate) };
}
