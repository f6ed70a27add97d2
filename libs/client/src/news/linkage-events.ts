import { RegistryCalls, type RegistryOptions } from '../registry-call.ts';
import type { LinkageEventItem } from './types.ts';

/** Which feed, and from where on. */
export interface LinkageEventsOptions extends RegistryOptions {
  /** Whose feed: the service provider's own code. */
  readonly serviceProvider: string;
  /** `next` of the last page that was kept; left out: the oldest events that the registry keeps. */
  readonly cursor?: string;
  /** With it, waits for that long, ms, when there is nothing new, and goes on; without, ends. */
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
}

/** Some events, in their order. Keep `next` in the transaction in which you act on them. */
export interface LinkageEventPage {
  readonly items: readonly LinkageEventItem[];
  readonly next: string;
}

/**
 * Reads the feed of a service provider: complete and in order. Pages are never empty.
 * @throws OcspClientError `http_error` with `httpStatus` 410 when events after the cursor are kept no more: begin without a
 * cursor, and identify anew whom you must be sure of; and as every call does
 */
export async function* readLinkageEvents(options: LinkageEventsOptions): AsyncGenerator<LinkageEventPage, void, void> {
  const { serviceProvider, pollMs, signal } = options;
  const calls = new RegistryCalls(options);
  try {
    for (let cursor = options.cursor; ;) {
      const query = new URLSearchParams({ serviceProvider, limit: '1000', ...(cursor !== undefined && { cursor }) });
      const page = await calls.call<LinkageEventPage>(`/linkage-events?${query.toString()}`, { signal });
      cursor = page.next;
      if (page.items.length > 0) yield page;
      else if (pollMs === undefined) return;
      else await pause(pollMs, signal);
    }
  } finally {
    calls.close();
  }
}

/** Ends early when the signal says so; the next call then says why. */
const pause = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    if (signal?.aborted) done();
    signal?.addEventListener('abort', done, { once: true });
  });
