import { createHash } from 'node:crypto';
import type { Clock } from '@kakunin/calendar';
import { renderPage } from './page.ts';
import type { Sources } from './sources.ts';
import type { TestCertificate } from './test-certificates.ts';

/** The page as it goes over the wire. */
export interface RenderedPage {
  readonly octets: Buffer;
  /** Strong, with its quotes. */
  readonly etag: string;
}

/** Milliseconds: with two thousand partitions the page is large, and many may look at it. */
const KEPT_FOR = 1_000;

/** The page, made at most once a second however many look at it. */
export class StatusPage {
  readonly #sources: Sources;
  readonly #clock: Clock;
  #latest: Promise<RenderedPage> | undefined;
  #renderedAt = 0;

  constructor(sources: Sources, clock: Clock) {
    this.#sources = sources;
    this.#clock = clock;
  }

  read(): Promise<RenderedPage> {
    const now = this.#clock.now();
    if (!this.#latest || Math.abs(now - this.#renderedAt) >= KEPT_FOR) {
      this.#renderedAt = now;
      this.#latest = this.#render();
    }
    return this.#latest;
  }

  testCertificate(file: string): Promise<TestCertificate | undefined> {
    return this.#sources.testCertificate(file);
  }

  async #render(): Promise<RenderedPage> {
    const octets = Buffer.from(renderPage(await this.#sources.read()));
    return { octets, etag: `"${createHash('sha256').update(octets).digest('hex')}"` };
  }
}
