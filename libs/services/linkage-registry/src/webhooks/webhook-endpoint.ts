/** `unverified`: has not answered its challenge yet; `disabled`: until it answers one again. */
export type EndpointState = 'unverified' | 'active' | 'disabled';

/** `gone`: it answered 410; `failing`: it took nothing for days. */
export type DisabledBecause = 'gone' | 'failing';

export interface WebhookEndpoint {
  readonly endpointId: string;
  readonly serviceProvider: string;
  readonly url: string;
  readonly state: EndpointState;
  readonly disabledBecause?: DisabledBecause;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Epoch ms; absent while it takes what it is sent. */
  readonly failingSince?: number;
}

/** Keys of an endpoint, each in the form of Standard Webhooks. */
export interface EndpointKey {
  /** `whsec_…`, for the receiver and for us. */
  readonly secret: string;
  /** `whsk_…`, ours alone. */
  readonly privateKey: string;
  /** `whpk_…` */
  readonly publicKey: string;
}
