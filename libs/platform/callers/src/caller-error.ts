import type { CallerRefusal, Role } from '@kakunin/relying-parties';

export type CallerErrorCode = CallerRefusal | 'forbidden';

const WHAT_TO_DO: Readonly<Record<CallerRefusal, string>> = {
  not_ready: 'The service has just started and does not know yet who is registered: try again in a second.',
  client_certificate_missing: 'Call over TLS with your registered client certificate.',
  client_certificate_unknown:
    'This client certificate is not registered: have the operator add it ("kakunin relying-party credential add").',
  client_certificate_expired: 'This client certificate is not valid now: have the operator register its successor.',
  client_certificate_revoked: 'This client certificate was withdrawn: have the operator register another.',
};

/** Why a caller is turned away. */
export class CallerError extends Error {
  private constructor(
    readonly code: CallerErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'CallerError';
  }

  static refused(refusal: CallerRefusal): CallerError {
    return new CallerError(refusal, WHAT_TO_DO[refusal]);
  }

  static forbidden(roles: readonly Role[]): CallerError {
    const allowed =
      roles.length > 0 ? `It is for ${roles.join(' or ')} (docs/reference/roles.md).` : 'No role may call it.';
    return new CallerError('forbidden', `Your role does not allow this call. ${allowed}`);
  }
}
