import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from '@kakunin/relying-parties';

const callers = new WeakMap<object, Caller>();

/** Who the guard found this request to come from. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller | undefined =>
  callers.get(context.switchToHttp().getRequest<object>()),
);

export const noteCaller = (request: object, caller: Caller): void => void callers.set(request, caller);
