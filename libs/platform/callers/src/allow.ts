import { SetMetadata } from '@nestjs/common';
import type { Role } from '@kakunin/relying-parties';

export const ALLOWED = 'kakunin-allowed';

/** Who may call: any of these roles. What carries no such mark is closed to all. */
export const AllowRoles = (...roles: readonly [Role, ...Role[]]): MethodDecorator & ClassDecorator =>
  SetMetadata(ALLOWED, roles);

/** Open to everybody, without a client certificate. */
export const AllowAnyone = (): MethodDecorator & ClassDecorator => SetMetadata(ALLOWED, 'anyone');
