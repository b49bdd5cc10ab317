import type { Aws } from './ec2/context.ts';
import type { Site } from './ec2/sites.ts';
import { Subnets } from './reach/subnets.ts';

const subnetsOf = new WeakMap<Site, Subnets>();

/** What is around the subnets of a site; the same for all who ask. */
export function subnetsAt({ now }: Pick<Aws, 'now'>, site: Site): Subnets {
  const known = subnetsOf.get(site) ?? new Subnets(site, now);
  subnetsOf.set(site, known);
  return known;
}
