interface Joined {
  readonly parts: readonly (readonly unknown[])[];
  readonly all: readonly unknown[];
}

/** By the first of its parts, for as long as that is kept. */
const KEPT = new WeakMap<readonly unknown[], Joined>();

/** One list of several, and the very same one again while its parts are the very same: what is made of a list is made once. */
export function joined<T>(parts: readonly (readonly T[])[]): readonly T[] {
  const [first, ...more] = parts;
  if (!first || more.length === 0) return first ?? [];
  const kept = KEPT.get(first);
  const isSame = kept?.parts.length === parts.length && kept.parts.every((part, i) => part === parts[i]);
  // Nothing but what was joined of these very parts stands here.
  if (kept && isSame) return kept.all as readonly T[];
  const all = parts.flat() as readonly T[];
  KEPT.set(first, { parts, all });
  return all;
}
