import type { Clock } from '@kakunin/calendar';
import type { RelyingPartyDirectory, Role } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { ALLOWED, type Allowed, type CallTable } from './allow.ts';
import { CallerError } from './caller-error.ts';
import { clientFingerprintOf } from './client-certificate.ts';
import { noteCaller } from './current-caller.ts';
import { RELYING_PARTIES } from './relying-party-feed.ts';

/** The {@link CallTable} of a service that names its calls. */
export const CALL_TABLE = Symbol('call-table');

/** Lets a request through when its route is open to anyone, or its client certificate has a role that is allowed. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(RELYING_PARTIES) private readonly directory: RelyingPartyDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(CALL_TABLE) private readonly table?: CallTable,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    // Events come from the log, not from callers.
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    const allowed = this.reflector.getAllAndOverride<Allowed | undefined>(ALLOWED, targets);
    if (allowed === 'anyone') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const result = this.directory.identify(clientFingerprintOf(request.raw), this.clock.now());
    if ('refusal' in result) throw CallerError.refused(result.refusal);
    const { caller } = result;
    const roles = this.#rolesFor(allowed);
    if (!roles.some((role) => caller.roles.has(role))) throw CallerError.forbidden(roles);
    noteCaller(request, caller);
    return true;
  }

  #rolesFor(allowed: Exclude<Allowed, 'anyone'> = []): readonly Role[] {
    if ('call' in allowed) return this.table?.(allowed.call) ?? [];
    return this.table ? [] : allowed;
  }
}
