import type { Clock } from '@kakunin/calendar';
import type { ObjectStore } from '@kakunin/objects';
import { CRL_MANIFEST_POINTER, type CrlManifest, decodeCrlManifest } from '@kakunin/publication';
import type { Logger } from '@kakunin/runtime';
import type { z } from 'zod';
import type { StatusPageConfig } from './config.ts';
import type { PageModel } from './page-model.ts';
import { statusDataSchema, usageTodaySchema } from './reported.ts';
import { Source } from './source.ts';
import { readTestCertificates, type TestCertificate } from './test-certificates.ts';

export interface SourcesInput {
  readonly config: StatusPageConfig;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everything that the page asks for, each on its own: one that is away leaves the others as they are. */
export class Sources {
  readonly #input: SourcesInput;
  readonly #manifest;
  readonly #statusData;
  readonly #usage;
  readonly #testCertificates;

  constructor(input: SourcesInput) {
    this.#input = input;
    const { statusPageResponderUrl, statusPageBillingUrl, statusPageTestCertificatesDirectory } = input.config;
    this.#manifest = this.#source('CRL manifest', () => readManifest(input.store));
    this.#statusData = this.#source('OCSP responder', () =>
      this.#fetch(`${statusPageResponderUrl}/status-data`, statusDataSchema),
    );
    this.#usage = this.#source('billing meter', () =>
      this.#fetch(`${statusPageBillingUrl}/usage/today`, usageTodaySchema),
    );
    this.#testCertificates = this.#source('test certificates', async () =>
      statusPageTestCertificatesDirectory === undefined
        ? []
        : readTestCertificates(statusPageTestCertificatesDirectory),
    );
  }

  async read(): Promise<PageModel> {
    const [manifest, statusData, usage, testCertificates] = await Promise.all([
      this.#manifest.read(),
      this.#statusData.read(),
      this.#usage.read(),
      this.#testCertificates.read(),
    ]);
    const { clock, config } = this.#input;
    return { now: clock.now(), manifest, statusData, usage, testCertificates, ocspUrl: config.statusPageOcspUrl };
  }

  /** @returns undefined when there is no such test certificate, or none can be read now */
  async testCertificate(file: string): Promise<TestCertificate | undefined> {
    const found = await this.#testCertificates.read();
    return found === 'unavailable' ? undefined : found.value.find((certificate) => certificate.file === file);
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
async function readManifest(store: ObjectStore): Promise<CrlManifest> {
  const key = await store.target(CRL_MANIFEST_POINTER);
  const manifest = key === undefined ? undefined : await store.open(key);
  if (!manifest) return { crls: [] };
  const chunks: Uint8Array[] = [];
  for await (const chunk of manifest.read()) chunks.push(chunk);
  return decodeCrlManifest(Buffer.concat(chunks).toString('utf8'));
}
