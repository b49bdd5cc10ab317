import type { Deps } from '../deps.ts';

/** Has each of these methods run as a span of its own, with which a trace begins. */
export function tracedDeliveries<T extends object>({ traces }: Pick<Deps, 'traces'>, through: string, methods: T): T {
  if (!traces) return methods;
  const entries = Object.entries(methods).map(([name, method]) => {
    if (typeof method !== 'function') return [name, method] as const;
    const facts = { 'drawbridge.through': through, 'drawbridge.method': name };
    const run = (...given: readonly unknown[]) =>
      traces.span('delivery', { isFirst: true, facts }, async () => method.apply(methods, given));
    return [name, run] as const;
  });
  return Object.fromEntries(entries) as T;
}
