import { setTimeout as sleep } from 'node:timers/promises';
import type { Health } from './operation/health.ts';
import type { ListenerHost } from './service.ts';

export interface DrainInput {
  readonly host: Pick<ListenerHost, 'drain'>;
  readonly health: Health;
  readonly milliseconds: number;
}

/**
 * Answers for so long after `/readyz` has turned red. Connections are ended in the second half alone: ended before callers
 * are led elsewhere, they would be opened again here, each with a handshake.
 */
export async function drainHost({ host, health, milliseconds }: DrainInput): Promise<void> {
  // Whoever follows readiness asks elsewhere already.
  if (!health.report().ok) return;
  health.register('closing', () => ({
    ok: false,
    detail: 'the process is ending; it answers until its callers have left',
  }));
  await sleep(milliseconds / 2);
  host.drain();
  await sleep(milliseconds / 2);
}
