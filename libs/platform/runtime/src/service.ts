import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import type { ConfigDefinition, ConfigOf } from './config/define-config.ts';

/** A port that a service answers on; all its listeners lead to the same routes. */
export interface Listener {
  /** Such as `api`, `public`, `mtls`, `plain`. */
  readonly name: string;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** How long one request may take to arrive, ms; default five minutes, longer where whole registers are uploaded. */
  readonly requestLimitMs?: number;
  /** With it the listener speaks HTTPS, and asks for a client certificate; who may do what is the callers' affair. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
}

/** A listener whose TLS files were read, and fit together. */
export interface PreparedListener extends Omit<Listener, 'tls'> {
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
}

/** Who answers on a service's ports. */
export interface ListenerHost {
  /**
   * @returns ports by listener name
   * @throws an error of the system with the `listener`'s name when one cannot be opened; those before it stay open
   */
  open(listeners: readonly PreparedListener[]): Promise<Readonly<Record<string, number>>>;
  /** Each answer is its connection's last from now on, and says so; connections are still accepted. */
  drain(): void;
  /** Stops accepting, lets requests in hand finish, and ends what was opened. */
  close(): Promise<void>;
}

/** Everything that a service library exports: what it reads, what it is, where it listens. */
export interface Service<D extends ConfigDefinition = ConfigDefinition> {
  readonly name: string;
  readonly config: D;
  module(config: ConfigOf<D>): DynamicModule | Type;
  listeners(config: ConfigOf<D>): readonly Listener[];
  /** Threads of the service's own that answer on its listeners; without it the routes of its module do. */
  host?(app: INestApplicationContext): ListenerHost;
}
