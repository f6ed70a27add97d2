/** What one check says; `detail` tells an operator what is wrong and what to do. */
export interface HealthResult {
  readonly ok: boolean;
  readonly detail: string;
}

export type HealthCheck = () => HealthResult;

/** Collects the checks behind `/readyz`: a service is ready when every one of them is well. */
export class Health {
  readonly #checks = new Map<string, HealthCheck>();

  register(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
  }

  /** A check that throws is a check that is not well. */
  report(): { readonly ok: boolean; readonly checks: readonly (HealthResult & { readonly name: string })[] } {
    const checks = [...this.#checks].map(([name, check]) => {
      try {
        return { name, ...check() };
      } catch (error) {
        return { name, ok: false, detail: `the check itself failed: ${(error as Error).message}` };
      }
    });
    return { ok: checks.every((check) => check.ok), checks };
  }
}
