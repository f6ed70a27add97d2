import type { DynamicModule, Type } from '@nestjs/common';
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

/** Everything that a service library exports: what it reads, what it is, where it listens. */
export interface Service<D extends ConfigDefinition = ConfigDefinition> {
  readonly name: string;
  readonly config: D;
  module(config: ConfigOf<D>): DynamicModule | Type;
  listeners(config: ConfigOf<D>): readonly Listener[];
}
