/** A check that a platform provider made itself, as a CloudEvent; with what a test wants otherwise. */
export const cloudEvent = (attributes: object = {}, data: object = {}): object => ({
  specversion: '1.0',
  type: 'jp.kakunin.usage.v1',
  source: '/a',
  id: '1',
  time: '2026-11-15T12:00:00+09:00',
  data: {
    serviceProvider: 'sp-a',
    authorityId: 'sign-1',
    certificateClass: 'signature',
    carrier: 'card',
    channel: 'crl',
    purpose: 'signature_verification',
    outcome: 'good',
    ...data,
  },
  ...attributes,
});
