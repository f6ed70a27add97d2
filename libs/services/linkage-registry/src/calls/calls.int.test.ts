import { readFileSync } from 'node:fs';
import { ALLOWED, type Allowed } from '@kakunin/callers';
import { CLOSED_CALLS, mayCall, REGISTRY_CALLS, type RegistryCall } from '@kakunin/linkage';
import { type RelyingParty, type Role, ROLES, SERVICE_PROVIDER_ROLES } from '@kakunin/relying-parties';
import { type DynamicModule, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkageRegistry } from '../linkage-registry.ts';
import type { Send } from '../testing/api-client.ts';
import { type RegistryUnderTest, startRegistry } from '../testing/registry-under-test.ts';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly allowed: Allowed | undefined;
}

/** Open to everybody: what has to be verified by everybody. */
const OPEN = ['GET /signing-keys'];

const config = linkageRegistry.config.schema.parse({
  databaseUrl: 'postgresql://nobody@127.0.0.1:1/none',
  rootKeyFile: 'none',
  apiCertificateFile: 'none',
  apiKeyFile: 'none',
});

/** Every route of every controller of the module and of what it imports. */
function routesOf({ controllers = [], imports = [] }: Partial<DynamicModule>): readonly Route[] {
  const imported = imports.flatMap((each) => routesOf(each as Partial<DynamicModule>));
  return [...controllers.flatMap(routesOfController), ...imported];
}

function routesOfController(controller: Type): readonly Route[] {
  const prototype = controller.prototype as Record<string, () => unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name]!;
    const verb = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (verb === undefined) return [];
    const parts = [Reflect.getMetadata(PATH_METADATA, controller), Reflect.getMetadata(PATH_METADATA, handler)];
    const path = `/${parts.join('/').split('/').filter(Boolean).join('/')}`;
    const allowed = new Reflector().getAllAndOverride<Allowed | undefined>(ALLOWED, [handler, controller]);
    return [{ method: RequestMethod[verb], path, allowed }];
  });
}

const routes = routesOf(linkageRegistry.module(config) as DynamicModule);
const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const closed = routes.filter((route) => !OPEN.includes(nameOf(route)));
const callOf = ({ allowed }: Route): RegistryCall => (allowed as { call: RegistryCall }).call;

describe('every route', () => {
  it('names a call of the table, or is one that everybody may make', () => {
    expect(routes.filter(({ allowed }) => allowed === 'anyone').map(nameOf)).toEqual(OPEN);
    for (const route of closed)
      expect([nameOf(route), Object.keys(REGISTRY_CALLS)]).toEqual([
        nameOf(route),
        expect.arrayContaining([callOf(route)]),
      ]);
  });

  it('is there for every call that is not closed', () => {
    const calls = new Set(closed.map(callOf));
    const missing = (Object.keys(REGISTRY_CALLS) as RegistryCall[]).filter((call) => !calls.has(call));
    expect(missing).toEqual([]);
  });
});

it('is in docs/reference/roles.md with its roles and routes', () => {
  const file = new URL('../../../../../docs/reference/roles.md', import.meta.url);
  const [, table = ''] = /<!-- calls -->([^]*)<!-- \/calls -->/.exec(readFileSync(file, 'utf8')) ?? [];
  const written = [...table.matchAll(/^\| `(\w+)` \| ([^|]*) \| ([^|]*) \|/gm)].map(([, ...columns]) => columns);
  const roles = Object.entries(REGISTRY_CALLS).map(([call, allowed]) => [
    call,
    allowed.map((role) => `\`${role}\``).join(', '),
    closed
      .filter((route) => callOf(route) === call)
      .map((route) => `\`${nameOf(route)}\``)
      .join(', '),
  ]);
  expect(written).toEqual(roles);
});

describe('over mutual TLS', () => {
  let registry: RegistryUnderTest;
  const senders = new Map<Role, Send>();
  beforeAll(async () => {
    registry = await startRegistry();
    await registry.operator('PUT', '/relying-parties/pf', { name: 'PF', kind: 'platform_provider', roles: [] });
    for (const role of ROLES) senders.set(role, await registry.join(`as-${role.replaceAll('_', '-')}`, partyOf(role)));
  });
  afterAll(() => registry.close());

  it.each(closed.map((route) => [nameOf(route), route] as const))('%s is for whom the table says', async (_, route) => {
    const call = callOf(route);
    const let_in = await Promise.all(
      ROLES.map(async (role) => [role, await isLetIn(senders.get(role)!, route)] as const),
    );
    const table = ROLES.map((role) => [role, mayCall(call, new Set([role]))] as const);
    expect(let_in).toEqual(table);
    const stranger = registry.as(await registry.office.issueClient('stranger'));
    expect((await send(stranger, route)).body).toMatchObject({ code: 'client_certificate_unknown' });
    if (CLOSED_CALLS.has(call)) expect(table.every(([, may]) => !may)).toBe(true);
  });
});

const partyOf = (role: Role): Pick<RelyingParty, 'kind' | 'roles' | 'platformProvider'> => {
  if (role === 'platform_provider') return { kind: role, roles: [role] };
  if (!SERVICE_PROVIDER_ROLES.includes(role)) return { kind: 'office', roles: [role] };
  return { kind: 'service_provider', roles: [role], platformProvider: 'pf' };
};

/** A body that no call takes: what is let in is refused for it, or has no body. */
const send = (sender: Send, { method, path }: Route) =>
  sender<{ code?: string }>(
    method,
    path.replaceAll(/:\w+/g, 'a1'),
    /GET|DELETE/.test(method) ? undefined : { odd: true },
  );

async function isLetIn(sender: Send, route: Route): Promise<boolean> {
  const { status, body } = await send(sender, route);
  return !(status === 403 && body.code === 'forbidden');
}
