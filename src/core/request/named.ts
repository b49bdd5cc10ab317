import type { Request } from './request.ts';
import type { Review, Who } from './review.ts';

/** Whose reviews it no longer has: a sentence of Drawbridge's may name them, and whoever erases them has to find it. */
export function named(request: Request, gone: readonly Review[]): { readonly named?: readonly Who[] } {
  const all = [...(request.named ?? []), ...gone.flatMap((one) => [one.by, ...(one.for ? [one.for] : [])])];
  const each = all.filter(({ id }, i) => all.findIndex((one) => one.id === id) === i);
  return each.length > 0 ? { named: each.map(({ id, name }) => ({ id, name })) } : {};
}
