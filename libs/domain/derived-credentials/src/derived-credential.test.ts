import { REVOCATION_REASONS, type RevocationReason } from '@kakunin/certificates';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BaseEvent,
  type DerivedCredential,
  type GroundReason,
  type GroundState,
  onBaseEvent,
  onOwnEvent,
  onTime,
  type OwnEvent,
  registerDerivedCredential,
  stateOf,
  SUCCESSOR_WAIT,
} from './derived-credential.ts';

const END = 1e12;
const registration = {
  credentialId: '1',
  provider: 'idp-a',
  kind: 'account' as const,
  reference: 'user 7',
  base: 'c-1',
  baseNotAfter: END,
  baseStatus: { status: 'good' as const },
  now: 10,
};
const grounded = registerDerivedCredential(registration);
const after = (...events: readonly BaseEvent[]): DerivedCredential =>
  events.reduce((credential, event) => onBaseEvent(credential, event, 20).credential, grounded);
const certificate = 'c-1';
const held: BaseEvent = { type: 'held', certificate };
const released: BaseEvent = { type: 'released', certificate };
const erased: BaseEvent = { type: 'erased', certificate };
const revoked = (reason: RevocationReason): BaseEvent => ({ type: 'revoked', certificate, reason });
const renewed: BaseEvent = { type: 'renewed', certificate, successor: 'c-2', notAfter: 2 * END };

describe('registration', () => {
  it('rests on a good certificate, no longer than that', () => {
    expect(grounded).toMatchObject({ state: 'grounded', stateSince: 10, base: 'c-1' });
    expect(registerDerivedCredential({ ...registration, notAfter: END })).toEqual(grounded);
  });

  it.each([
    ['base_unfit', { baseStatus: { status: 'revoked', reason: 'certificateHold', revocationDate: 0 } }],
    ['base_unfit', { baseStatus: { status: 'revoked', reason: 'unspecified', revocationDate: 0 } }],
    ['base_unfit', { baseNotAfter: 10 }],
    ['lifetime_exceeds_base', { notAfter: END + 1 }],
    ['credential_revoked', { ownStatus: { status: 'revoked', reason: 'keyCompromise', revocationDate: 0 } }],
  ])('is refused with %s: %j', (code, more) => {
    const refused = { ...registration, ...more } as typeof registration;
    expect(() => registerDerivedCredential(refused)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a derived credential', () => {
  it.each<[string, BaseEvent[], BaseEvent, [GroundState, GroundReason?]]>([
    ['grounded', [], renewed, ['grounded', 'base_renewed']],
    ['grounded', [], held, ['suspended', 'base_held']],
    ['grounded', [], released, ['grounded']],
    ['grounded', [], revoked('superseded'), ['suspended', 'base_replaced']],
    ['grounded', [], revoked('certificateHold'), ['suspended', 'base_held']],
    ['grounded', [], erased, ['ended', 'person_erased']],
    ['held', [held], held, ['suspended']],
    ['held', [held], released, ['grounded', 'base_released']],
    ['held', [held], renewed, ['grounded', 'base_renewed']],
    ['held', [held], revoked('keyCompromise'), ['ended', 'base_unsafe']],
    ['held', [held], revoked('superseded'), ['suspended', 'base_replaced']],
    ['replaced', [revoked('superseded')], released, ['suspended']],
    ['replaced', [revoked('superseded')], revoked('superseded'), ['suspended']],
    ['replaced', [revoked('superseded')], renewed, ['grounded', 'base_renewed']],
    ['renewed', [renewed], renewed, ['grounded']],
    ['renewed', [renewed], revoked('superseded'), ['grounded']],
    ['renewed', [renewed], { ...held, certificate: 'c-2' }, ['suspended', 'base_held']],
    ['ended', [revoked('unspecified')], renewed, ['ended']],
    ['ended', [revoked('unspecified')], released, ['ended']],
    ['ended', [erased], erased, ['ended']],
  ])('%s %j: %j makes it %j', (...[, before, event, [state, reason]]) => {
    const { credential, news } = onBaseEvent(after(...before), event, 30);
    expect(credential.state).toBe(state);
    const told = { provider: 'idp-a', reference: 'user 7', state, reason, at: 30 };
    expect(news).toEqual(reason === undefined ? undefined : told);
  });

  it('is told of revocations in coarse terms only', () => {
    const told = Object.fromEntries(
      Object.keys(REVOCATION_REASONS).map((reason) => [
        reason,
        onBaseEvent(grounded, revoked(reason as RevocationReason), 20).news?.reason,
      ]),
    );
    expect(told).toEqual({
      unspecified: 'base_revoked',
      keyCompromise: 'base_unsafe',
      cACompromise: 'base_unsafe',
      affiliationChanged: 'base_revoked',
      superseded: 'base_replaced',
      cessationOfOperation: 'base_revoked',
      certificateHold: 'base_held',
      privilegeWithdrawn: 'base_revoked',
      aACompromise: 'base_unsafe',
    });
  });

  it('waits for a successor for three days, and ends with its base', () => {
    const waiting = after(revoked('superseded'));
    expect(onTime(waiting, 20 + SUCCESSOR_WAIT - 1)).toEqual({ credential: waiting });
    expect(onTime(waiting, 20 + SUCCESSOR_WAIT).news).toMatchObject({ state: 'ended', reason: 'base_expired' });
    expect(onTime(grounded, END - 1).news).toBeUndefined();
    expect(onTime(grounded, END).credential.state).toBe('ended');
    const followed = onBaseEvent(waiting, renewed, 30).credential;
    expect(onTime(followed, 2 * END - 1).credential).toBe(followed);
    expect(followed).toEqual({ ...grounded, base: 'c-2', baseNotAfter: 2 * END, stateSince: 30 });
  });

  it('never outlives its ground, never comes back from its end, and news never tells the base', () => {
    const event: fc.Arbitrary<BaseEvent> = fc.oneof(
      fc.constantFrom(held, released, erased),
      fc.constantFrom(...(Object.keys(REVOCATION_REASONS) as RevocationReason[])).map(revoked),
      fc.nat(3).map((n): BaseEvent => ({ type: 'renewed', certificate, successor: `c-${n}`, notAfter: END + n })),
    );
    const happenings = fc.array(
      fc.tuple(event, fc.nat(3)).map(([each, n]) => ({ ...each, certificate: `c-${n}` })),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(happenings, (events) => {
        let credential = grounded;
        for (const [index, each] of events.entries()) {
          const before = credential;
          const grounding = onBaseEvent(credential, each, 20 + index);
          ({ credential } = grounding);
          if (before.state === 'ended') expect(grounding).toEqual({ credential: before });
          if (each.type === 'revoked' && each.certificate === before.base)
            expect(credential.state).not.toBe('grounded');
          expect(JSON.stringify(grounding.news ?? {})).not.toMatch(/c-\d/);
          expect(onTime(credential, credential.baseNotAfter).credential.state).toBe('ended');
        }
      }),
    );
  });
});

describe('what its own authority says of a certificate', () => {
  const turned = (credential: DerivedCredential, ...events: readonly OwnEvent[]): DerivedCredential =>
    events.reduce((each, event) => onOwnEvent(each, event, 20).credential, credential);
  const ownHold = turned(grounded, 'held');

  it.each<[string, DerivedCredential, OwnEvent, [GroundState, GroundReason?]]>([
    ['good', grounded, 'revoked', ['ended', 'credential_revoked']],
    ['good', grounded, 'held', ['suspended', 'credential_held']],
    ['good', grounded, 'released', ['grounded']],
    ['held', ownHold, 'held', ['suspended']],
    ['held', ownHold, 'released', ['grounded', 'credential_released']],
    ['held, its base too', turned(after(held), 'held'), 'released', ['suspended', 'credential_released']],
    ['ended', after(erased), 'revoked', ['ended']],
    ['revoked', turned(grounded, 'revoked'), 'released', ['ended']],
  ])('%s: %j, %s makes it %j', (...[, before, event, [state, reason]]) => {
    const { credential, news } = onOwnEvent(before, event, 30);
    expect(stateOf(credential)).toBe(state);
    const told = { provider: 'idp-a', reference: 'user 7', state, reason, at: 30 };
    expect(news).toEqual(reason === undefined ? undefined : told);
  });

  it('stands beside its ground: it is good again when both are', () => {
    const both = onBaseEvent(ownHold, held, 30);
    expect(both.news).toMatchObject({ state: 'suspended', reason: 'base_held' });
    const one = onBaseEvent(both.credential, released, 40);
    expect(one.news).toMatchObject({ state: 'suspended', reason: 'base_released' });
    expect(one.credential.stateSince).toBe(20);
    expect(turned(one.credential, 'released')).toEqual({ ...grounded, stateSince: 20 });
  });

  it('counts from the registration on', () => {
    const ownStatus = { status: 'revoked', reason: 'certificateHold', revocationDate: 0 } as const;
    expect(stateOf(registerDerivedCredential({ ...registration, ownStatus }))).toBe('suspended');
  });
});
