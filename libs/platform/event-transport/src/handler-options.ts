import type { Position } from '@kakunin/event-log';
import type { DeadLetterPolicy } from './dead-letter-policy.ts';

/** A Nest injection token of a provider of `T`. */
export type Token<T> = string | symbol | (abstract new (...parameters: never[]) => T);

/** Knows how far a subscriber got by itself, from its snapshot for instance; asked once, when the subscription opens. */
export interface PositionStore {
  positions(topic: string): readonly Position[] | Promise<readonly Position[]>;
}

/** Told once, when a replay has handled everything that was in the log when it began: from then on nothing is missing. */
export interface CatchUpListener {
  onCaughtUp(): void;
}

export interface DeliveryOptions {
  /** Most events handed over at once; default: the strategy's. */
  readonly maxBatchSize?: number;
  /** Who takes the events that this handler cannot handle; default: the topic's dead-letter topic. */
  readonly onDeadLetter?: Token<DeadLetterPolicy>;
}

export interface ReplayOptions extends DeliveryOptions {
  readonly onCaughtUp?: Token<CatchUpListener>;
}

/** Where a handler's subscription begins: with what its group committed, or at positions that it knows itself. */
export type HandlerStart =
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'replay'; readonly from: 'beginning' | { readonly store: Token<PositionStore> } };

export interface HandlerOptions extends ReplayOptions {
  readonly start: HandlerStart;
}

const EXTRAS = 'kakunin-event-log';

const extras = (options: HandlerOptions): Record<string, HandlerOptions> => ({ [EXTRAS]: options });

/**
 * For `@EventPattern(TOPIC, consumeAs({ group: 'billing-meter' }))`: the log remembers the group's position, and the
 * members of the group share the partitions.
 */
export const consumeAs = ({ group, ...delivery }: { readonly group: string } & DeliveryOptions) =>
  extras({ start: { kind: 'group', group }, ...delivery });

/**
 * For `@EventPattern(TOPIC, replayFrom('beginning'))` or `replayFrom(POSITIONS)`, the token of a {@link PositionStore}:
 * every process reads every partition, from the start or from where its own state stands.
 */
export const replayFrom = (from: 'beginning' | Token<PositionStore>, delivery: ReplayOptions = {}) =>
  extras({ start: { kind: 'replay', from: from === 'beginning' ? from : { store: from } }, ...delivery });

/** @returns undefined when the extras were not made by {@link consumeAs} or {@link replayFrom} */
export const handlerOptionsOf = (given: Record<string, unknown>): HandlerOptions | undefined =>
  given[EXTRAS] as HandlerOptions | undefined;
