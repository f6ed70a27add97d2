/** Sums of the samples of each metric in a text of the exposition format, whatever their labels; histograms by `_sum` and `_count`. */
export function readMetrics(text: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-zA-Z_:][\w:]*)(?:\{.*\})? (\S+)/.exec(line) ?? [];
    if (name === undefined || name.endsWith('_bucket')) continue;
    const number = Number(value);
    if (!Number.isNaN(number)) sums.set(name, (sums.get(name) ?? 0) + number);
  }
  return sums;
}
