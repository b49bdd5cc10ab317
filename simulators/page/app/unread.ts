import { useEffect, useState } from 'react';

/** How many messages of each place came since the visitor last had it before them. */
export function useUnread(active: string, sizes: Readonly<Record<string, number>>): (place: string) => number {
  const [seen, setSeen] = useState<Readonly<Record<string, number>>>({});
  const size = sizes[active] ?? 0;
  useEffect(() => setSeen((before) => ({ ...before, [active]: size })), [active, size]);
  return (place) => (place === active ? 0 : Math.max(0, (sizes[place] ?? 0) - (seen[place] ?? 0)));
}
