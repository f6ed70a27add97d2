import { type Role, RelyingPartyDirectory } from '@kakunin/relying-parties';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { AllowNamedCall, AllowRoles, type CallTable } from './allow.ts';
import { CallerGuard } from './caller.guard.ts';

class Routes {
  @AllowRoles('auditor')
  byRole(): void {}
  @AllowNamedCall('read')
  byCall(): void {}
  @AllowNamedCall('no_such_call')
  byOther(): void {}
  unmarked(): void {}
}

/** Whether an auditor is let in; he has no TLS here, so the directory is asked for whom it knows anyway. */
function isLetIn(route: keyof Routes, table?: CallTable): boolean {
  const caller = { code: 'office', roles: new Set<Role>(['auditor']), notAfter: 1 };
  const directory = Object.assign(new RelyingPartyDirectory(), { identify: () => ({ caller }) });
  const guard = new CallerGuard(new Reflector(), directory, { now: () => 0 }, table);
  const request = { raw: { socket: new Socket() } };
  const context = {
    getType: () => 'http',
    getHandler: () => Routes.prototype[route],
    getClass: () => Routes,
    switchToHttp: () => ({ getRequest: () => request }),
  } as unknown as ExecutionContext;
  try {
    return guard.canActivate(context);
  } catch (error) {
    expect(error).toMatchObject({ code: 'forbidden' });
    return false;
  }
}

const table: CallTable = (call) => (call === 'read' ? ['auditor'] : []);

describe('the guard of a service', () => {
  it('without a table of calls lets roles in, and nobody by a call', () => {
    expect([isLetIn('byRole'), isLetIn('byCall'), isLetIn('unmarked')]).toEqual([true, false, false]);
  });

  it('with a table lets in whom the table names, and nobody by a role alone', () => {
    expect([isLetIn('byCall', table), isLetIn('byOther', table)]).toEqual([true, false]);
    expect([isLetIn('byRole', table), isLetIn('unmarked', table)]).toEqual([false, false]);
  });
});
