import { describe, expect, it } from 'vitest';
import { issueTranslation, redeemTranslation, TRANSLATION_LIFETIME } from './translation.ts';

const request = { random: new Uint8Array(32).fill(7), certificate: '42', from: 'sp-a', to: 'sp-b', now: 1_000 };
const { token, grant } = issueTranslation(request);
const use = { token, by: 'sp-b', now: 1_001 };

describe('a translation token', () => {
  it('is redeemed once, in time, by whom it is for', () => {
    const redeemed = redeemTranslation(grant, use);
    expect(redeemed).toEqual({ ...grant, redeemedAt: 1_001 });
    expect(redeemTranslation(redeemed, { ...use, now: 1_002 })).toBeUndefined();
    expect(redeemTranslation(grant, { ...use, now: 1_000 + TRANSLATION_LIFETIME - 1 })).toBeDefined();
  });

  it.each([
    ['of nobody', undefined, use],
    ['by the one who asked for it', grant, { ...use, by: 'sp-a' }],
    ['by a third party', grant, { ...use, by: 'sp-c' }],
    ['late', grant, { ...use, now: 1_000 + TRANSLATION_LIFETIME }],
    ['under another token', grant, { ...use, token: token.replace('B', 'C') }],
  ])('is not redeemed %s', (_, kept, by) => expect(redeemTranslation(kept, by)).toBeUndefined());

  it('is not what is kept, and holds nothing of the person', () => {
    expect(JSON.stringify(grant)).not.toContain(token);
    expect(Buffer.from(token, 'base64url')).toEqual(Buffer.from(request.random));
    expect(() => issueTranslation({ ...request, to: 'sp-a' })).toThrow(
      expect.objectContaining({ code: 'sectors_equal' }),
    );
  });
});
