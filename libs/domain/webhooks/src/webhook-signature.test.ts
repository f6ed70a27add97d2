import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webhookKeyPairOf, webhookSecretOf, webhookSigner, webhookVerifier } from './webhook-key.ts';
import { signWebhook, verifyWebhook, WEBHOOK_TOLERANCE } from './webhook-signature.ts';

const refused = (code: string) => expect.objectContaining({ code });
const secret = webhookSecretOf(new Uint8Array(32).fill(1));
const pair = webhookKeyPairOf(new Uint8Array(32).fill(2));
const message = { id: 'msg_1', sentAt: 1_700_000_000_000, body: Buffer.from('{"a":1}') };
const received = (key: string, more: object = {}) => ({
  headers: { ...signWebhook(message, [webhookSigner(key)]) },
  body: message.body as Uint8Array,
  verifiers: [webhookVerifier(key.startsWith('whsk_') ? pair.publicKey : key)],
  now: message.sentAt,
  ...more,
});

describe('signWebhook', () => {
  it('signs as the libraries of Standard Webhooks do: the example that they all test by', () => {
    const signer = webhookSigner('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const example = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      sentAt: 1_614_265_330_000,
      body: Buffer.from('{"test": 2432232314}'),
    };
    expect(signWebhook(example, [signer])).toEqual({
      'webhook-id': example.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it.each([{ id: 'a.b' }, { id: '' }, { id: 'a b' }])('refuses %j', (more) => {
    expect(() => signWebhook({ ...message, ...more }, [webhookSigner(secret)])).toThrow(refused('message_invalid'));
  });
});

describe.each([
  ['HMAC-SHA-256', secret],
  ['Ed25519', pair.privateKey],
])('verifyWebhook with %s', (_, key) => {
  it('takes what was signed, within the tolerance', () => {
    for (const apart of [-WEBHOOK_TOLERANCE, 0, WEBHOOK_TOLERANCE]) {
      expect(verifyWebhook(received(key, { now: message.sentAt + apart }))).toBe('valid');
    }
    expect(verifyWebhook(received(key, { now: message.sentAt + WEBHOOK_TOLERANCE + 1 }))).toBe('too_old');
    expect(verifyWebhook(received(key, { now: message.sentAt - WEBHOOK_TOLERANCE - 1 }))).toBe('from_future');
  });

  it('finds every changed bit of body, id, time and signature', () => {
    const good = received(key);
    const bit = fc.tuple(fc.nat(6), fc.nat(7));
    fc.assert(
      fc.property(bit, ([at, shift]) => {
        const body = Buffer.from(message.body);
        body[at]! ^= 1 << shift;
        expect(verifyWebhook({ ...good, body })).toBe('wrong_signature');
      }),
    );
    for (const header of [{ 'webhook-id': 'msg_2' }, { 'webhook-timestamp': '1700000001' }]) {
      expect(verifyWebhook({ ...good, headers: { ...good.headers, ...header } })).toBe('wrong_signature');
    }
    const scheme = key === secret ? ['v1,', 'v1a,'] : ['v1a,', 'v1,'];
    const relabelled = good.headers['webhook-signature'].replace(scheme[0]!, scheme[1]!);
    expect(verifyWebhook({ ...good, headers: { ...good.headers, 'webhook-signature': relabelled } })).toBe(
      'wrong_signature',
    );
    const other = webhookVerifier(webhookSecretOf(new Uint8Array(32).fill(9)));
    expect(verifyWebhook({ ...good, verifiers: [other] })).toBe('wrong_signature');
  });

  it('never throws', () => {
    const header = fc.oneof(fc.string(), fc.constantFrom('v1,', 'v1a,AAAA', 'v1,AAAA v1a,', '0', '1700000000'));
    fc.assert(
      fc.property(header, header, header, (id, timestamp, signature) => {
        const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
        expect(verifyWebhook({ ...received(key), headers })).not.toBe('valid');
      }),
    );
    expect(verifyWebhook({ ...received(key), headers: {} })).toBe('malformed');
  });
});

it('a receiver that changes its key loses no message', () => {
  const next = webhookSecretOf(new Uint8Array(24).fill(3));
  const headers = signWebhook(message, [secret, next, pair.privateKey].map(webhookSigner));
  for (const key of [secret, next, pair.publicKey]) {
    expect(verifyWebhook({ ...received(secret), headers: { ...headers }, verifiers: [webhookVerifier(key)] })).toBe(
      'valid',
    );
  }
});

describe('keys', () => {
  it('of Ed25519 are those of any other tool', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const jwk = privateKey.export({ format: 'jwk' });
    const ours = webhookKeyPairOf(Buffer.from(jwk.d!, 'base64url'));
    expect(ours.publicKey).toBe(`whpk_${Buffer.from(jwk.x!, 'base64url').toString('base64')}`);
  });

  it.each(['', 'whsec_', 'whsec_AAAA', 'whpk_AAAA', 'whsk_AAAA', `${secret}!`, 'secret'])('refuses %j', (text) => {
    expect(() => webhookSigner(text)).toThrow(refused('key_invalid'));
    expect(() => webhookVerifier(text)).toThrow(refused('key_invalid'));
    expect(() => webhookSecretOf(new Uint8Array(23))).toThrow(refused('key_invalid'));
  });
});
