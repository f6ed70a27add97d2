import type { FastConnection } from './fast-connection.ts';
import type { Exchange, LongResponse } from './fast-path.ts';

/** One request that waits for its answer. */
export class FastExchange<Route, State> implements Exchange<Route, State> {
  readonly route: Route;
  readonly connection: FastConnection<Route, State>;

  constructor(route: Route, connection: FastConnection<Route, State>) {
    this.route = route;
    this.connection = connection;
  }

  respond(octets: Uint8Array): boolean {
    return this.connection.send(this, octets);
  }

  respondAndClose(octets: Uint8Array): void {
    this.connection.send(this, octets, true);
  }

  respondLong(long: LongResponse): void {
    this.connection.sendLong(this, long);
  }

  passOn(): void {
    this.connection.passOn(this);
  }
}
