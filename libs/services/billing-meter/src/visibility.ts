import type { EffectiveDated } from '@kakunin/billing';
import type { Caller } from '@kakunin/relying-parties';

/** Finance and operators see every customer; a platform provider sees what concerns itself, and nobody else. */
export const seesEverything = ({ roles }: Caller): boolean => roles.has('finance') || roles.has('operator');

/** A price for all is everybody's to see, a price for one customer is that customer's. */
export const isVisibleTo = (caller: Caller, { scope }: EffectiveDated): boolean =>
  seesEverything(caller) || scope.customer === undefined || scope.customer === caller.code;
