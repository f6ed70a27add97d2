import { AllowNamedCall, type CallTable } from '@kakunin/callers';
import { mayCall, type RegistryCall } from '@kakunin/linkage';
import { ROLES } from '@kakunin/relying-parties';

/** Marks a route, or all of a controller, with its call in `REGISTRY_CALLS`; what carries no such mark is closed to all. */
export const AllowCall: (call: RegistryCall) => MethodDecorator & ClassDecorator = AllowNamedCall;

/** @param opened which of `CLOSED_CALLS` the operator has opened */
export const callTable =
  (opened: readonly RegistryCall[]): CallTable =>
  (call) =>
    ROLES.filter((role) => mayCall(call as RegistryCall, new Set([role]), new Set(opened)));
