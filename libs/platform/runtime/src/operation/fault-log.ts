import type { Clock } from '@kakunin/calendar';
import type { Logger } from 'pino';

export interface FaultLogInput {
  readonly logger: Logger;
  /** What the line says; the fault itself is beside it. */
  readonly message: string;
  readonly clock: Clock;
}

const PAUSE_MS = 60_000;

/** What is tried again many times a second fails as often: each fault has one line a minute, while it lasts. */
export function faultLog({ logger, message, clock }: FaultLogInput): (error: unknown) => void {
  const said = new Map<string, number>();
  return (error) => {
    const now = clock.now();
    for (const [fault, at] of said) if (now - at >= PAUSE_MS) said.delete(fault);
    const fault = (error as Error).message || String(error);
    if (said.has(fault)) return;
    said.set(fault, now);
    logger.warn({ err: error }, message);
  };
}
