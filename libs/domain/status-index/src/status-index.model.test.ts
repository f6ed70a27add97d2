import { REVOCATION_REASONS } from '@kakunin/certificates';
import type { RevocationReason } from '@kakunin/certificates';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CertificateState, IssuedCertificate } from './certificate-state.ts';
import { StatusIndex } from './status-index.ts';
import { StatusIndexError } from './status-index-error.ts';
import { StatusIndexReader } from './status-index-reader.ts';
import { SCHEMES } from './testing/serials.ts';
import type { TestScheme } from './testing/serials.ts';

const second = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000);
const status = fc.oneof(
  fc.constant({ status: 'good' as const }),
  fc.record({
    status: fc.constant('revoked' as const),
    revocationDate: second,
    reason: fc.constant('certificateHold' as const),
  }),
  fc.record(
    {
      status: fc.constant('revoked' as const),
      revocationDate: second,
      reason: fc.constantFrom(...(Object.keys(REVOCATION_REASONS) as RevocationReason[])),
      invalidityDate: second,
    },
    { requiredKeys: ['status', 'revocationDate', 'reason'] },
  ),
);
const certificate: fc.Arbitrary<IssuedCertificate> = fc.record(
  {
    notAfter: second,
    carrier: fc.constantFrom('card', 'smartphone'),
    status,
    fingerprint: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((octets) => octets.fill(1, 0, 1)),
  },
  { requiredKeys: ['notAfter', 'carrier', 'status'] },
);

/** Most on one page, so that its entries fill several chunks; some on either side of the next, and beyond a page without any. */
const n = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 250 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4_090, max: 4_100 }) },
  { weight: 1, arbitrary: fc.integer({ min: 12_288, max: 12_300 }) },
);
const put = fc.record({ n, certificate });
/** What is done, and how often the index goes through an image meanwhile. */
const actions = fc.array(
  fc.oneof({ weight: 60, arbitrary: put }, { weight: 1, arbitrary: fc.constant('image' as const) }),
  {
    maxLength: 800,
    size: 'max',
  },
);

const isFinal = (held: IssuedCertificate | undefined): boolean =>
  held?.status.status === 'revoked' && held.status.reason !== 'certificateHold';

/** The end of a good certificate is not kept, and that of a revoked one in units of 64 seconds. */
function expected({ notAfter, carrier, status: held, fingerprint }: IssuedCertificate): CertificateState {
  const kept = fingerprint && { fingerprint };
  if (held.status === 'good') return { state: 'good', carrier, ...kept };
  const { revocationDate, reason, invalidityDate } = held;
  return {
    state: 'revoked',
    carrier,
    revocationDate,
    reason,
    notAfter: Math.ceil(notAfter / 64_000) * 64_000,
    ...(invalidityDate !== undefined && { invalidityDate }),
    ...kept,
  };
}

/** Puts, and says what came of it. */
function outcomeOf(index: StatusIndex, serial: Uint8Array, next: IssuedCertificate): boolean | string {
  try {
    return index.put(serial, next);
  } catch (error) {
    return error instanceof StatusIndexError ? error.code : String(error);
  }
}

/** The model's part of a put. */
function outcomeOfModel(model: Map<number, IssuedCertificate>, at: number, next: IssuedCertificate): boolean | string {
  const held = model.get(at);
  if (isFinal(held) && !isFinal(next)) return 'final_revocation';
  const fingerprint = next.fingerprint ?? held?.fingerprint;
  const merged = { ...next, ...(fingerprint && { fingerprint }) };
  const changed = held === undefined || JSON.stringify(expected(held)) !== JSON.stringify(expected(merged));
  if (changed) model.set(at, merged);
  return changed;
}

function agree(
  reader: StatusIndexReader,
  model: Map<number, IssuedCertificate>,
  { serialAt, scheme }: TestScheme,
): void {
  for (const [at, held] of model) expect(reader.lookup(serialAt(at))).toEqual(expected(held));
  for (let at = 0; at < 12_400; at += 41) {
    if (!model.has(at)) expect(reader.flagsAt(reader.locate(serialAt(at)))).toBe(0);
  }
  const revoked = [...model].filter(([, { status: held }]) => held.status === 'revoked');
  // Ordinals of a random scheme follow the order of arrival, which is that of the model's keys.
  if (scheme.kind !== 'random') revoked.sort(([one], [other]) => one - other);
  expect([...reader.revokedEntries()]).toEqual(
    revoked.map(([at, held]) => {
      const {
        state: _state,
        carrier: _carrier,
        fingerprint: _fingerprint,
        ...entry
      } = expected(held) as never as Record<string, unknown>;
      return { serial: serialAt(at), ...entry };
    }),
  );
  expect([reader.issuedCount, reader.revokedCount]).toEqual([model.size, revoked.length]);
}

it.each(SCHEMES)('behaves as a plain Map, with %s serial numbers and through images', (_, each) => {
  fc.assert(
    fc.property(actions, fc.boolean(), (sequence, fingerprints) => {
      const options = { ...each.options, capacity: 20_000 };
      const model = new Map<number, IssuedCertificate>();
      let index = StatusIndex.create(each.scheme, { ...options, fingerprints });
      for (const action of sequence) {
        if (action === 'image') {
          index = StatusIndex.decode(index.encode(), options);
          continue;
        }
        const next = fingerprints ? action.certificate : { ...action.certificate, fingerprint: undefined };
        const before = index.generation;
        const outcome = outcomeOf(index, each.serialAt(action.n), action.certificate);
        if (outcome !== outcomeOfModel(model, action.n, next)) throw new Error(`put of ${action.n}: ${outcome}`);
        if (index.generation - before !== Number(outcome === true)) throw new Error('the generation is wrong');
      }
      agree(index, model, each);
      agree(new StatusIndexReader(index.memory), model, each);
      agree(StatusIndex.decode(index.encode(), options), model, each);
    }),
    { numRuns: 15 },
  );
});
