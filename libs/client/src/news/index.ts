export { type LinkageEventPage, type LinkageEventsOptions, readLinkageEvents } from './linkage-events.ts';
export type {
  CertificateEvent,
  DerivedCredentialEvent,
  LinkageEvent,
  LinkageEventItem,
  PersonEvent,
  PersonsMergedEvent,
  PpidChangedEvent,
} from './types.ts';
export {
  type WebhookReceipt,
  WebhookReceiver,
  type WebhookReceiverOptions,
  type WebhookRequest,
} from './webhook-receiver.ts';
