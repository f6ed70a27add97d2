import { Histogram } from 'prom-client';
import { BUCKETS } from '../worker/figures.ts';
import type { HistogramFigures } from '../worker/figures.ts';

interface Value {
  readonly metricName: string;
  readonly labels: { readonly le?: number | '+Inf' };
  readonly value: number;
}

/** A histogram whose observations were counted elsewhere, and are added up when somebody scrapes. */
export class FiguresHistogram extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #read: () => readonly HistogramFigures[];

  constructor(
    { name, help }: { readonly name: string; readonly help: string },
    read: () => readonly HistogramFigures[],
  ) {
    super({ name, help, buckets: [...BUCKETS], registers: [] });
    this.#name = name;
    this.#help = help;
    this.#read = read;
  }

  override async get(): ReturnType<Histogram['get']> {
    return {
      name: this.#name,
      help: this.#help,
      type: 'histogram',
      values: this.#values(),
      aggregator: 'sum',
    } as never;
  }

  /** What the registry asks for in place of `get`. */
  getForPromString(): ReturnType<Histogram['get']> {
    return this.get();
  }

  #values(): readonly Value[] {
    const all = this.#read();
    const bounds = [...BUCKETS, '+Inf' as const];
    let below = 0;
    const buckets = bounds.map((le, index) => {
      below += all.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0);
      return { metricName: `${this.#name}_bucket`, labels: { le }, value: below };
    });
    const sum = all.reduce((total, each) => total + each.sum, 0);
    return [
      ...buckets,
      { metricName: `${this.#name}_sum`, labels: {}, value: sum },
      { metricName: `${this.#name}_count`, labels: {}, value: below },
    ];
  }
}
