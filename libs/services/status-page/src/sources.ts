import type { Clock } from '@kakunin/calendar';
import type { ObjectStore } from '@kakunin/objects';
import { CRL_MANIFEST_POINTER, type CrlDescriptor, decodeCrlManifest } from '@kakunin/publication';
import type { Logger } from '@kakunin/runtime';
import type { z } from 'zod';
import type { StatusPageConfig } from './config.ts';
import type { PageModel } from './page-model.ts';
import { statusDataSchema, usageTodaySchema } from './reported.ts';
import { Source } from './source.ts';

export interface SourcesInput {
  readonly config: StatusPageConfig;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everything that the page asks for, each on its own: one that is away leaves the others as they are. */
export class Sources {
  readonly #input: SourcesInput;
  readonly #crls;
  readonly #statusData;
  readonly #usage;

  constructor(input: SourcesInput) {
    this.#input = input;
    const { statusPageResponderUrl, statusPageBillingUrl } = input.config;
    this.#crls = this.#source('CRL manifest', () => readCrls(input.store));
    this.#statusData = this.#source('OCSP responder', () =>
      this.#fetch(`${statusPageResponderUrl}/status-data`, statusDataSchema),
    );
    this.#usage = this.#source('billing meter', () =>
      this.#fetch(`${statusPageBillingUrl}/usage/today`, usageTodaySchema),
    );
  }

  async read(): Promise<PageModel> {
    const [crls, statusData, usage] = await Promise.all([
      this.#crls.read(),
      this.#statusData.read(),
      this.#usage.read(),
    ]);
    const { clock, config } = this.#input;
    return { now: clock.now(), crls, statusData, usage, ocspUrl: config.statusPageOcspUrl };
  }

  #source<T>(source: string, load: () => Promise<T>): Source<T> {
    const { clock, logger } = this.#input;
    return new Source({
      clock,
      load,
      onUnavailable: (error) => logger.warn({ err: error, source }, 'a source of the status page is away'),
    });
  }

  async #fetch<S extends z.ZodType>(url: string, schema: S): Promise<z.infer<S>> {
    const signal = AbortSignal.timeout(this.#input.config.statusPageTimeoutMilliseconds);
    const response = await fetch(url, { signal, redirect: 'error' });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return schema.parse(await response.json());
  }
}

/** Before the first publication there is no manifest, and that is no fault. */
async function readCrls(store: ObjectStore): Promise<readonly CrlDescriptor[]> {
  const key = await store.target(CRL_MANIFEST_POINTER);
  const manifest = key === undefined ? undefined : await store.open(key);
  if (!manifest) return [];
  const chunks: Uint8Array[] = [];
  for await (const chunk of manifest.read()) chunks.push(chunk);
  return decodeCrlManifest(Buffer.concat(chunks).toString('utf8')).crls;
}
