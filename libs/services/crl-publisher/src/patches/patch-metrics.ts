import { Counter, type Registry } from 'prom-client';

/** What the publisher tells Prometheus of patches. */
export class PatchMetrics {
  readonly #made;
  readonly #failures;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#made = new Counter({
      name: 'kakunin_crl_patches_total',
      help: 'Patches between versions of CRLs that were made and listed.',
      registers,
    });
    this.#failures = new Counter({
      name: 'kakunin_crl_patch_failures_total',
      help: 'Rounds in which patches could not be made; CRLs are published all the same.',
      registers,
    });
  }

  made(patches: number): void {
    this.#made.inc(patches);
  }

  failed(): void {
    this.#failures.inc();
  }
}
