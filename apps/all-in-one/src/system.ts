import type { RunningService } from '@kakunin/runtime';
import type { Sandbox } from '@kakunin/sandbox';
import type { Layout } from './environment.ts';
import type { LocalTls } from './local-tls.ts';

/** The four services, with everything below them. */
export interface System {
  readonly layout: Layout;
  readonly tls: LocalTls;
  readonly services: Services;
  /** Absent with `KAKUNIN_SANDBOX=off`, and where the registry serves authorities of its user already. */
  readonly sandbox: Sandbox | undefined;
  close(): Promise<void>;
}

export interface Services {
  readonly registry: RunningService;
  readonly responder: RunningService;
  readonly publisher: RunningService;
  readonly meter: RunningService;
}
