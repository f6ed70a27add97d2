import type { Clock } from '@kakunin/calendar';
import type { Exchange } from '@kakunin/http-fast-path';
import type { PublishedCrls } from '../../published-crls.ts';
import { answerTo } from '../answer.ts';
import type { ServedCrls } from '../served-crls.ts';
import type { FastRequest } from './asked-crl.ts';
import type { HotFiles } from './hot-files.ts';
import { renderHead, type RenderedAnswer } from './rendered-answer.ts';

/**
 * How long a pointer is believed that another publisher may have moved. Milliseconds: looking it up costs ten times as much as
 * the rest of a 304. What this process publishes is seen at once.
 */
const BELIEVED_FOR = 250;
const SECOND = 1_000;

export interface FastCrlsOptions {
  readonly served: Pick<ServedCrls, 'find'>;
  readonly published: Pick<PublishedCrls, 'moves'>;
  readonly files: HotFiles;
  readonly clock: Clock;
}

/** Answers requests for CRLs out of memory, and passes on whatever it cannot. */
export class FastCrls {
  readonly #options: FastCrlsOptions;

  constructor(options: FastCrlsOptions) {
    this.#options = options;
  }

  answer(exchange: Exchange<FastRequest>): void {
    const { answered } = exchange.route;
    if (!answered || !this.#isGood(answered) || !send(exchange, answered)) void this.#answerAnew(exchange);
  }

  /** Whatever goes wrong here, the ordinary way finds it too, and says what it is. */
  async #answerAnew(exchange: Exchange<FastRequest>): Promise<void> {
    const answered = await this.#render(exchange.route).catch(() => undefined);
    exchange.route.answered = answered;
    if (!answered || !send(exchange, answered)) exchange.passOn();
  }

  #isGood({ from, until, moves }: RenderedAnswer): boolean {
    const now = this.#options.clock.now();
    return now >= from && now < until && moves === this.#options.published.moves;
  }

  /** @returns undefined when there is no such CRL, or no room for it */
  async #render({ crl, asked }: FastRequest): Promise<RenderedAnswer | undefined> {
    const { served, published, files, clock } = this.#options;
    const from = clock.now();
    const { moves } = published;
    const found = await served.find(crl);
    if (!found) return undefined;
    const answer = answerTo(asked, found);
    const file = answer.content && (await files.take(found.etag, found.content));
    if (answer.content && !file) return undefined;
    // `Date`, and how long it may be kept, say seconds.
    const until = Math.min(from + BELIEVED_FOR, (Math.floor(from / SECOND) + 1) * SECOND);
    return { head: renderHead(answer, from), file, content: answer.content, from, until, moves };
  }
}

/** @returns false when the file was let go meanwhile; then nothing was sent */
function send(exchange: Exchange<FastRequest>, { head, file, content }: RenderedAnswer): boolean {
  if (!file || !content) {
    exchange.respond(head);
    return true;
  }
  const body = file.use()?.subarray(content.start, content.end);
  if (!body) return false;
  exchange.respondLong({ head, body, done: () => file.release() });
  return true;
}
