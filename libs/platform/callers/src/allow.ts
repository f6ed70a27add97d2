import { SetMetadata } from '@nestjs/common';
import type { Role } from '@kakunin/relying-parties';

export const ALLOWED = 'kakunin-allowed';

/** A call by its name in the service's own table of who may call what. */
export interface NamedCall {
  readonly call: string;
}
export type Allowed = readonly Role[] | NamedCall | 'anyone';

/** Who may call: any of these roles. What carries no such mark is closed to all. */
export const AllowRoles = (...roles: readonly [Role, ...Role[]]): MethodDecorator & ClassDecorator =>
  SetMetadata<string, Allowed>(ALLOWED, roles);

/** Whoever may make this call by the service's {@link CallTable}. */
export const AllowNamedCall = (call: string): MethodDecorator & ClassDecorator =>
  SetMetadata<string, Allowed>(ALLOWED, { call });

/** Open to everybody, without a client certificate. */
export const AllowAnyone = (): MethodDecorator & ClassDecorator => SetMetadata<string, Allowed>(ALLOWED, 'anyone');

/** Which roles may make a call. In a service that has such a table, a mark of roles alone opens nothing. */
export type CallTable = (call: string) => readonly Role[];
