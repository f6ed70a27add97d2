import type { Logger } from '@kakunin/runtime';
import type { ScopeTrouble } from './issuing/issuance-outcome.ts';
import type { PublicationMetrics } from './publication-metrics.ts';

/** Named one by one in `/readyz`; of more only how many. */
const NAMED = 3;

/** Why CRLs of which authorities could not be published when they were last due. Counts every attempt, logs what is new. */
export class PublicationTroubles {
  readonly #metrics: Pick<PublicationMetrics, 'failed'>;
  readonly #logger: Logger;
  /** By authority, since its first attempt: what is wrong, for people; undefined when all is well. */
  readonly #details = new Map<string, string | undefined>();

  constructor({ metrics, logger }: { readonly metrics: Pick<PublicationMetrics, 'failed'>; readonly logger: Logger }) {
    this.#metrics = metrics;
    this.#logger = logger;
  }

  /** Whether there was an attempt for the authority. */
  knows(authorityId: string): boolean {
    return this.#details.has(authorityId);
  }

  detailOf(authorityId: string): string | undefined {
    return this.#details.get(authorityId);
  }

  /** @param troubles of the last attempt; none: all is well */
  note(authorityId: string, troubles: readonly ScopeTrouble[]): void {
    for (const { reason } of troubles) this.#metrics.failed(authorityId, reason);
    const detail = troubles.length > 0 ? describeTroubles(troubles) : undefined;
    if (detail !== undefined && this.#details.get(authorityId) !== detail) {
      const [{ reason, error } = { reason: '', error: undefined }] = troubles;
      this.#logger.warn({ authorityId, reason, scopes: troubles.length, err: error }, `no CRL published: ${detail}`);
    }
    this.#details.set(authorityId, detail);
  }
}

/** Scopes with the same trouble together: a signer that is gone is one trouble, and not 1,890. */
function describeTroubles(troubles: readonly ScopeTrouble[]): string {
  const byDetail = Map.groupBy(troubles, ({ detail }) => detail);
  return [...byDetail]
    .map(([detail, those]) => {
      const labels = those.flatMap(({ scope }) => scope.partition ?? []);
      return labels.length === 0 ? detail : `${namesOf(labels)}: ${detail}`;
    })
    .join('; ');
}

function namesOf(labels: readonly string[]): string {
  const named = labels.slice(0, NAMED).join(', ');
  const more = labels.length - NAMED;
  return more > 0 ? `partitions ${named} and ${more} more` : `partition${labels.length > 1 ? 's' : ''} ${named}`;
}
