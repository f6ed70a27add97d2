import type { Carrier, CertificateClass, Channel, Purpose } from '@kakunin/usage';

/** By what usage is priced. */
export interface PricedBy {
  /** Code of who is billed: a platform provider, or for its own prices ({@link rateMargin}) a service provider. */
  readonly customer: string;
  /** Code of the service provider that the customer asked for; empty: for itself. */
  readonly serviceProvider: string;
  readonly certificateClass: CertificateClass;
  readonly carrier: Carrier;
  readonly channel: Channel;
  readonly purpose: Purpose;
}

/** Which usage a tariff or a waiver is for: what is absent is for all. */
export type PricingScope = Partial<PricedBy>;

/** From the weightiest to the lightest: a price for one customer precedes one for all, and so on. */
export const SCOPE_DIMENSIONS = [
  'customer',
  'serviceProvider',
  'channel',
  'purpose',
  'carrier',
  'certificateClass',
] as const;

export const scopeCovers = (scope: PricingScope, usage: PricingScope): boolean =>
  SCOPE_DIMENSIONS.every((dimension) => scope[dimension] === undefined || scope[dimension] === usage[dimension]);

export const sameScope = (one: PricingScope, other: PricingScope): boolean =>
  SCOPE_DIMENSIONS.every((dimension) => one[dimension] === other[dimension]);

/**
 * How narrow a scope is; among scopes that cover the same usage the highest weight applies. Two of equal weight name
 * the same dimensions and, as both cover the usage, the same values: they are the same scope. So the winner is unique.
 */
export const scopeWeight = (scope: PricingScope): number =>
  SCOPE_DIMENSIONS.reduce((weight, dimension) => weight * 2 + (scope[dimension] === undefined ? 0 : 1), 0);

/** For messages: `channel=ocsp certificateClass=signature`, or `everything`. */
export const describeScope = (scope: PricingScope): string =>
  SCOPE_DIMENSIONS.flatMap((dimension) =>
    scope[dimension] === undefined ? [] : `${dimension}=${scope[dimension]}`,
  ).join(' ') || 'everything';
