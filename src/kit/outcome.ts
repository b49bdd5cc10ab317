/** What came of some work. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** What came of work on many things: both lists in the order of the things. */
export interface Outcomes<K, T> {
  readonly done: readonly { readonly of: K; readonly value: T }[];
  readonly failed: readonly { readonly of: K; readonly error: unknown }[];
}

/** For what has to go on either way. Never throws, not even what `work` throws before it gives a promise. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error };
  }
}

/** Does all at once and each to its end; keeps the good ones, and tells the failed apart. */
export async function outcomesOf<K, T>(things: readonly K[], work: (of: K) => Promise<T>): Promise<Outcomes<K, T>> {
  const all = await Promise.all(things.map(async (of) => ({ of, outcome: await outcomeOf(() => work(of)) })));
  return {
    done: all.flatMap(({ of, outcome }) => (outcome.ok ? [{ of, value: outcome.value }] : [])),
    failed: all.flatMap(({ of, outcome }) => (outcome.ok ? [] : [{ of, error: outcome.error }])),
  };
}

/**
 * Does all at once and each to its end, so that one failure leaves no other half done; then throws the first failure in the
 * order of the things.
 */
export async function allOf<K, T>(things: readonly K[], work: (of: K) => Promise<T>): Promise<readonly T[]> {
  const { done, failed } = await outcomesOf(things, work);
  const [first] = failed;
  if (first) throw first.error;
  return done.map(({ value }) => value);
}
