import type { GlassBroken } from './break-glass.ts';
import { endFrom } from './life.ts';
import { lookAt } from './owes.ts';
import type { Activating } from './request.ts';

type Wanted = Omit<
  Activating,
  'version' | 'status' | 'reviews' | 'timeline' | 'lease' | 'lookAt' | 'breakGlass' | 'extension' | 'trouble'
>;

/**
 * A first version that is to be opened at once. Nobody approves it; who decides is its rule, which is asked again before it
 * opens.
 *
 * @param reviewWithinMs counted from its end as it is fixed here: one that ends early is no reason to hurry
 */
export function broken(wanted: Wanted, reviewWithinMs: number): Activating & { readonly breakGlass: GlassBroken } {
  const { askedAt: at, requester } = wanted;
  const until = endFrom(wanted, at);
  const request: Activating & { readonly breakGlass: GlassBroken } = {
    ...wanted,
    version: 1,
    status: 'activating',
    breakGlass: { reviewBy: until + reviewWithinMs },
    reviews: [],
    timeline: [{ at, event: 'broke glass', by: requester.id }],
    lease: { from: at, until, placements: [] },
    lookAt: at,
  };
  return { ...request, lookAt: lookAt(request, at) };
}
