export { AllowAnyone, AllowRoles } from './allow.ts';
export { CallersModule, RELYING_PARTIES } from './callers.module.ts';
export { clientFingerprintOf } from './client-certificate.ts';
export { CurrentCaller } from './current-caller.ts';
