import type { ProblemMapping } from '@kakunin/runtime';

/** What is refused around news: feeds, webhooks, derived credentials, matchings. */
export const NEWS_REFUSALS = {
  events_forgotten: { status: 410, title: 'These events are kept no more' },
  cursor_ahead: { status: 409, title: 'The feed never came so far' },
  webhook_unknown: { status: 404, title: 'No such endpoint' },
  webhook_url_refused: { status: 400, title: 'Webhooks are not sent there' },
  webhook_unverified: { status: 409, title: 'The endpoint did not answer its challenge' },
  too_many_webhooks: { status: 409, title: 'Too many endpoints' },
  derived_credential_unknown: { status: 404, title: 'No such derived credential' },
  reference_taken: { status: 409, title: 'The reference is taken' },
  base_unfit: { status: 409, title: 'Nothing can rest on this certificate' },
  lifetime_exceeds_base: { status: 409, title: 'Longer than its ground' },
  credential_revoked: { status: 409, title: 'The credential itself was revoked' },
  matching_unknown: { status: 404, title: 'No such matching' },
  matching_not_open: { status: 409, title: 'The partner has not consented' },
  matching_ended: { status: 409, title: 'The matching has ended' },
  matching_exhausted: { status: 429, title: 'No inputs are left' },
  blinded_elements_invalid: { status: 400, title: 'No blinded elements' },
} as const satisfies Readonly<Record<string, ProblemMapping>>;

export type NewsRefusal = keyof typeof NEWS_REFUSALS;
