import { signWebhook, webhookKeyPairOf, webhookSecretOf, webhookSigner } from '@kakunin/webhooks';
import { expect, it } from 'vitest';
import { WebhookReceiver } from './webhook-receiver.ts';

const NOW = 1_800_000_000_000;
const secret = webhookSecretOf(Buffer.alloc(32, 1));
const { privateKey, publicKey } = webhookKeyPairOf(Buffer.alloc(32, 2));
const item = { sequence: 7, event: { type: 'person_erased', serviceProvider: 'sp-a', ppid: 'a', at: NOW } };

const sent = (value: unknown, { id = 'sp-a_7', sentAt = NOW, key = secret } = {}) => {
  const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return { headers: { ...signWebhook({ id, sentAt, body }, [webhookSigner(key)]) }, body };
};
const receiver = (...keys: string[]) => new WebhookReceiver({ keys, clock: { now: () => NOW } });

it.each([
  [secret, secret],
  [privateKey, publicKey],
])('takes an event once, whichever key signed it', (signing, verifying) => {
  const receives = receiver(verifying);
  expect(receives.receive(sent(item, { key: signing }))).toEqual({ kind: 'event', item });
  expect(receives.receive(sent(item, { key: signing }))).toEqual({ kind: 'repeated', item });
});

it('answers a challenge', () => {
  const answer = receiver(secret).receive(sent({ type: 'endpoint_verification', challenge: 'abc' }));
  expect(answer).toEqual({ kind: 'verification', body: '{"challenge":"abc"}' });
});

it('refuses what is old, of another key, changed, or no event', () => {
  const receives = receiver(secret);
  const hour = 3_600_000;
  const good = sent(item);
  const changed = { ...good, body: Buffer.from(good.body.toString().replace('7', '8')) };
  expect(receives.receive(sent(item, { sentAt: NOW - hour }))).toEqual({ kind: 'refused', reason: 'too_old' });
  expect(receives.receive(sent(item, { sentAt: NOW + hour }))).toEqual({ kind: 'refused', reason: 'from_future' });
  for (const foreign of [sent(item, { key: privateKey }), changed]) {
    expect(receives.receive(foreign)).toEqual({ kind: 'refused', reason: 'wrong_signature' });
  }
  for (const none of ['{', 'null', '[]', '{"sequence":1}', '{"challenge":1}']) {
    expect(receives.receive(sent(none))).toEqual({ kind: 'refused', reason: 'malformed' });
  }
  expect(receives.receive({ headers: {}, body: good.body })).toEqual({ kind: 'refused', reason: 'malformed' });
});
