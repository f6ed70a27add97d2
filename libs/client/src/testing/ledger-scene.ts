import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import {
  type ClosedStatement,
  closeStatement,
  type CorrectionBasis,
  type CreditNote,
  creditNoteFor,
  CONSUMPTION_TAX_RATES,
  countByMinute,
  differenceOf,
  documentOctets,
  type LateMonth,
  PriceList,
  priceListHash,
  PUBLISHED_TARIFFS,
  rateUsage,
  type StatementLine,
  totalsOf,
} from '@kakunin/billing';
import { billingPeriodBounds, billingPeriodOf, type BillingPeriod } from '@kakunin/calendar';
import { CERTIFICATE_CLASSES, OUTCOMES, type UsageSegment } from '@kakunin/usage';
import {
  CHECKPOINT_PATH,
  ed25519NoteSigner,
  formatVerifierKey,
  LedgerReader,
  type LedgerStore,
  LedgerWriter,
  parseUsageLeaf,
  recordHashOf,
  type TreeHead,
} from '@kakunin/usage-ledger';
import type { KeptReceipt, PublishedPrices, SignedDocument } from '../ledger/index.ts';

const CUSTOMER = 'pf-a';
const ORIGIN = 'kakunin/test/pf-a';
export const PRODUCER = '0123456789abcdef'.repeat(2);
const ledgerKey = generateKeyPairSync('ed25519');
const signingKey = generateKeyPairSync('ed25519');

/** Epoch ms of a moment in Japan. */
export const jst = (text: string): number => Date.parse(`${text}+09:00`);

/** Checks by turns for three service providers, good, revoked and unknown. */
export const segment = (sequence: number, count: number, time: number): UsageSegment => ({
  producer: PRODUCER,
  sequence: BigInt(sequence),
  events: Array.from({ length: count }, (_, index) => ({
    time: time + index,
    platformProvider: CUSTOMER,
    serviceProvider: `sp-${index % 3}`,
    authorityId: 'sign-1',
    certificateClass: CERTIFICATE_CLASSES[index % 2]!,
    carrier: 'card',
    channel: 'ocsp',
    purpose: 'signature_verification',
    outcome: OUTCOMES[index % 5 === 0 ? 2 : index % 2]!,
    requestDigest: new Uint8Array(16),
    certificateDigest: createHash('sha256')
      .update(`${sequence}/${index % 40}`)
      .digest()
      .subarray(0, 16),
  })),
});

/** What a meter does for one customer, honestly unless a test makes it do otherwise. */
export class PayerScene {
  readonly files = new Map<string, Buffer>();
  readonly verifierKeys = [formatVerifierKey(ORIGIN, ledgerKey.publicKey)];
  readonly signingKey = signingKey.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  readonly #segments: UsageSegment[] = [];
  readonly #closed: ClosedStatement[] = [];
  readonly #notes: CreditNote[] = [];
  #head: TreeHead = { size: 0, root: new Uint8Array(32) };

  constructor(readonly prices = new PriceList(PUBLISHED_TARIFFS, [])) {}

  get ledger(): { read(path: string): Promise<Uint8Array | undefined> } {
    return { read: (path) => Promise.resolve(this.files.get(path)) };
  }

  get checkpoint(): Buffer {
    return this.files.get(CHECKPOINT_PATH)!;
  }

  /** Counts usage, and appends it to the ledger. */
  async use(...segments: readonly UsageSegment[]): Promise<void> {
    this.#segments.push(...segments);
    const signers = [ed25519NoteSigner(ORIGIN, ledgerKey.privateKey)];
    const writer = new LedgerWriter({ operator: 'test', customer: CUSTOMER, store: this.#store(), signers });
    this.#head = await writer.append(segments);
  }

  /** The statement of a month, of all that was used so far. */
  close(
    period: BillingPeriod,
    change: (lines: readonly StatementLine[]) => readonly StatementLine[] = (lines) => lines,
  ): SignedDocument {
    const events = this.#segments.flatMap((each) => each.events);
    const used = events.map(({ time }) => billingPeriodOf(time));
    const months = [...new Set([period, ...used])].filter((month) => month <= period);
    const lateMonths: LateMonth[] = [];
    const lines = months.sort().flatMap((month) => {
      const own = events.filter(({ time }) => billingPeriodOf(time) === month);
      const difference = differenceOf(
        rateUsage({ counts: countByMinute(own, register()), prices: this.prices, period: month }),
        this.#closed.flatMap((closed) => closed.lines.filter(({ usagePeriod }) => usagePeriod === month)),
      );
      if (month !== period && difference.length > 0) lateMonths.push({ period: month, ...this.#pricesUsed() });
      return difference;
    });
    return this.#sign(this.#close(period, change(lines), lateMonths));
  }

  /** A credit note on the statement of the month: what is left of it after this note. */
  credit(
    period: BillingPeriod,
    corrected: (lines: readonly StatementLine[]) => readonly StatementLine[],
    basis: CorrectionBasis = { kind: 'quantities' },
  ): SignedDocument {
    const statement = this.#closed.find((closed) => closed.period === period)!;
    const note = creditNoteFor({
      number: `R2026-${this.#notes.length + 1}`,
      statement,
      earlier: this.#notes.filter((each) => each.statement.period === period),
      corrected: corrected(statement.lines),
      basis,
      reason: { ja: '誤り', en: 'wrong' },
      issuedAt: jst('2026-12-10T00:00:00') + this.#notes.length,
      rates: CONSUMPTION_TAX_RATES,
    });
    this.#notes.push(note);
    return this.#sign(note);
  }

  /** Signs a statement or credit note whatever it says. */
  forge(document: SignedDocument, change: (statement: Record<string, unknown>) => object): SignedDocument {
    const statement = JSON.parse(Buffer.from(document.octets).toString()) as Record<string, unknown>;
    const octets = documentOctets(change(statement) as ClosedStatement);
    return { octets, signature: sign(null, octets, signingKey.privateKey) };
  }

  async receipts(): Promise<KeptReceipt[]> {
    const receipts: KeptReceipt[] = [];
    for await (const bundle of (await LedgerReader.open(this.ledger, this.#head)).bundles())
      for (const leaf of bundle)
        receipts.push({ ledger: ORIGIN, eventId: parseUsageLeaf(leaf)!.eventId, recordHash: recordHashOf(leaf) });
    return receipts;
  }

  /** As the API shows prices: yen as decimal strings. */
  readonly published = (): Promise<PublishedPrices> => Promise.resolve(asPublished(this.prices));

  #pricesUsed() {
    return { pricesKnownAt: jst('2026-12-01T00:00:00'), priceListHash: priceListHash(this.prices, CUSTOMER) };
  }

  #close(period: BillingPeriod, lines: readonly StatementLine[], lateMonths: readonly LateMonth[]): ClosedStatement {
    const { end } = billingPeriodBounds(period);
    const { pricesKnownAt, priceListHash: hash } = this.#pricesUsed();
    const closed = closeStatement({
      month: { state: 'closing', period, pricesKnownAt },
      statement: { customer: CUSTOMER, period, lines, totals: totalsOf(lines) },
      producers: [{ producer: PRODUCER, missingSegments: 0n, completeUntil: end }],
      invoice: {
        number: `2026-${this.#closed.length + 1}`,
        issuer: { name: '発行者', nameEn: 'issuer', address: '東京都', registrationNumber: 'T8000012010038' },
        recipient: { name: '事業者' },
      },
      priceListHash: hash,
      lateMonths,
      ...(this.#head.size > 0 && { ledger: { origin: ORIGIN, size: this.#head.size, root: rootOf(this.#head) } }),
      tax: { rates: CONSUMPTION_TAX_RATES, rounding: 'floor' },
      now: end + 1,
    });
    if (!closed.done) throw new Error(JSON.stringify(closed.blockers));
    this.#closed.push(closed.to);
    return closed.to;
  }

  #sign(document: ClosedStatement | CreditNote): SignedDocument {
    const octets = documentOctets(document);
    return { octets, signature: sign(null, octets, signingKey.privateKey) };
  }

  #store(): LedgerStore {
    return {
      read: (path) => Promise.resolve(this.files.get(path)),
      writeImmutable: (path, octets) => {
        this.files.set(path, Buffer.from(octets));
        return Promise.resolve(true);
      },
      replaceCheckpoint: (octets) => {
        this.files.set(CHECKPOINT_PATH, Buffer.from(octets));
        return Promise.resolve(true);
      },
    };
  }
}

const rootOf = ({ root }: TreeHead): string => Buffer.from(root).toString('base64');

export const asPublished = ({ tariffs, waivers, commitments }: PriceList): PublishedPrices =>
  JSON.parse(
    JSON.stringify({ tariffs, waivers, commitments }, (_, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    ),
  ) as PublishedPrices;

function register() {
  const keys = new Set<string>();
  return { isFirst: (key: string) => !keys.has(key) && keys.add(key) !== undefined };
}
