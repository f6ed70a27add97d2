export { AllowAnyone, ALLOWED, type Allowed, AllowNamedCall, AllowRoles, type CallTable } from './allow.ts';
export { CallersModule, RELYING_PARTIES } from './callers.module.ts';
export { CurrentCaller } from './current-caller.ts';
