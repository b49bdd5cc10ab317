/** The middle one of some numbers (the mean of the two in the middle), and how far they reach. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || min === undefined || max === undefined)
    throw new Error('there is nothing to measure a spread of');
  return { min, median: (low + high) / 2, max };
}

/** The value that `share` (0.99) of the values do not exceed: nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('there is nothing to take a percentile of');
  return value;
}

/** How one side's values stand to another's: their medians, and the best of each, which is the least. */
export function ratio(
  ours: readonly number[],
  others: readonly number[],
): { readonly value: number; readonly best: number } {
  const [a, b] = [spread(ours), spread(others)];
  return { value: a.median / b.median, best: a.min / b.min };
}
