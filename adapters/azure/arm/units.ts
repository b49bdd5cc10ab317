import { z } from 'zod';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { ENDLESS } from '../../../src/kit/time-limit.ts';
import type { Subscription } from './clients.ts';
import type { Azure } from './context.ts';

const QUERY = [
  'resourcecontainers',
  "where type =~ 'microsoft.resources/subscriptions'",
  'project subscriptionId, chain=properties.managementGroupAncestorsChain',
  'order by subscriptionId asc',
].join(' | ');
/** The most rows that Resource Graph gives at once. */
const PAGE = 1_000;
const QUERY_MS = 30 * SECOND_MS;
const MOST_PAGES = 50;

const rows = z.array(z.object({ subscriptionId: z.string(), chain: z.unknown() }));
const chainOf = z.array(z.object({ name: z.string().min(1) })).min(1);

/**
 * The management groups above each subscription, the nearest first: one query for each tenant, through Resource Graph. A list
 * counts only where it ends with the root, whose ID is that of the tenant ("What are management groups?"): how much of the chain
 * is shown to whom is not documented, and a shorter one would be an answer that is none.
 */
export async function readUnits({ subscriptions }: Azure): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  const tenants = Map.groupBy(subscriptions, ({ tenantId }) => tenantId.toLowerCase());
  for (const [tenantId, sites] of tenants) {
    const [site] = sites;
    if (!site) continue;
    for (const { subscriptionId, chain } of await rowsOf(site, sites)) {
      const read = chainOf.safeParse(chain);
      const names = read.success ? read.data.map(({ name }) => name.toLowerCase()) : [];
      if (names.at(-1) === tenantId) found.set(subscriptionId.toLowerCase(), names);
      else
        site.unreadable(
          `the management groups of ${subscriptionId}`,
          { subscription: subscriptionId },
          'the management groups above a subscription are not shown up to the root: policies with `unit` cannot be told there',
        );
    }
  }
  return found;
}

async function rowsOf(site: Subscription, sites: readonly Subscription[]): Promise<z.output<typeof rows>> {
  const subscriptions = sites.map(({ id }) => id);
  const all: z.output<typeof rows> = [];
  let skipToken: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const options = { resultFormat: 'objectArray' as const, top: PAGE, ...(skipToken ? { skipToken } : {}) };
    const page = await site.read(
      ENDLESS,
      ({ graph }, call) => graph.resources({ subscriptions, query: QUERY, options }, call),
      QUERY_MS,
    );
    all.push(...rows.parse(page.data));
    skipToken = page.skipToken;
    if (!skipToken) break;
  }
  return all;
}
