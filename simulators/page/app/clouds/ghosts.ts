import { useEffect, useRef, useState } from 'react';

/** How long something that is gone is still shown, fading. */
const FADE_MS = 1800;

export interface Shown<T> {
  readonly item: T;
  /** Came after the list was first shown. */
  readonly isNew: boolean;
  readonly isGone: boolean;
}

/** A list in which what was added can flash, and what was removed stays for a moment to fade out where it was. */
export function useGhosts<T extends { readonly key: string }>(items: readonly T[]): readonly Shown<T>[] {
  const [first] = useState(() => new Set(items.map(({ key }) => key)));
  const before = useRef(items);
  const [gone, setGone] = useState<readonly { readonly item: T; readonly place: number }[]>([]);
  const keys = items.map(({ key }) => key).join('\n');

  // biome-ignore lint/correctness/useExhaustiveDependencies: only keys that come or go matter.
  useEffect(() => {
    const now = new Set(items.map(({ key }) => key));
    const lost = before.current.flatMap((item, place) => (now.has(item.key) ? [] : [{ item, place }]));
    before.current = items;
    for (const { item } of lost) first.delete(item.key);
    if (lost.length === 0) return;
    setGone((earlier) => [...earlier, ...lost]);
    setTimeout(() => setGone((later) => later.filter((one) => !lost.includes(one))), FADE_MS);
  }, [keys]);

  const shown: Shown<T>[] = items.map((item) => ({ item, isNew: !first.has(item.key), isGone: false }));
  const present = new Set(items.map(({ key }) => key));
  for (const { item, place } of gone)
    if (!present.has(item.key)) shown.splice(place, 0, { item, isNew: false, isGone: true });
  return shown;
}
