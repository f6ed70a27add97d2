import { Catch, type ExceptionFilter, type INestApplication } from '@nestjs/common';
import type { NestMicroservice } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';
import type { EventLogStrategy } from './event-log-strategy.ts';

/** Hands the handler's own error to the strategy; Nest's default filter would hide it behind "Internal server error". */
@Catch()
class PassErrorOn implements ExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

/**
 * Connects the strategy to an application that is not initialised yet; `app.startAllMicroservices()` then starts it.
 * The filter must be there before Nest binds the handlers, hence the deferred initialisation.
 */
export function connectEventLog(app: INestApplication, strategy: EventLogStrategy): void {
  const microservice = app.connectMicroservice<{ strategy: EventLogStrategy }>(
    { strategy },
    { deferInitialization: true },
  ) as NestMicroservice;
  microservice.useGlobalFilters(new PassErrorOn());
  microservice.registerListeners();
  microservice.setIsInitialized(true);
  microservice.setIsInitHookCalled(true);
}
