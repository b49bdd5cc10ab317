import { within } from '../../../src/kit/time-limit.ts';
import { asJitError } from '../errors.ts';
import type { FullSettings, Role } from '../settings.ts';
import { sdkConfig } from './sdk-config.ts';
import { watched } from './watch.ts';

/** An organization has 2,000 units at most, five levels deep (AWS Organizations quotas). */
const MOST_UNITS = 2_500;
const AT_ONCE = 5;
const MOST_PAGES = 500;

/** A root or unit with all that is above it, itself first. */
type Chain = readonly [string, ...string[]];

/**
 * The units above each account of the organization, the nearest first and the root last: walked from the roots, so a list that
 * is there is whole. An account that was seen twice moved meanwhile, and is left out. Throws when anything cannot be read.
 */
export async function readUnits(
  settings: FullSettings,
  role: Role | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  // Heavy, and for `aws.units` alone.
  const {
    ListAccountsForParentCommand,
    ListOrganizationalUnitsForParentCommand,
    ListRootsCommand,
    OrganizationsClient,
  } = await import('@aws-sdk/client-organizations');
  const region = settings.organization?.regions[0] ?? settings.accounts[0]?.regions[0] ?? 'us-east-1';
  const account = { id: '', regions: [], ...(role ? { role } : {}) };
  const client = watched(new OrganizationsClient(sdkConfig({ account, region }, settings)), '', settings.called);
  const options = () => ({ abortSignal: within(signal, settings.callMs) });
  const found = new Map<string, Chain>();
  const moved = new Set<string>();
  const visit = async (above: Chain): Promise<readonly Chain[]> => {
    const [ParentId] = above;
    const accounts = await pages((more) =>
      client.send(new ListAccountsForParentCommand({ ParentId, ...more }), options()),
    );
    for (const { Id } of accounts.flatMap(({ Accounts = [] }) => Accounts)) {
      if (Id === undefined) continue;
      if (found.has(Id)) moved.add(Id);
      found.set(Id, above);
    }
    const units = await pages((more) =>
      client.send(new ListOrganizationalUnitsForParentCommand({ ParentId, ...more }), options()),
    );
    return units.flatMap(({ OrganizationalUnits = [] }) =>
      OrganizationalUnits.flatMap(({ Id }): Chain[] => (Id === undefined ? [] : [[Id.toLowerCase(), ...above]])),
    );
  };
  try {
    const roots = await pages((more) => client.send(new ListRootsCommand(more), options()));
    const waiting = roots.flatMap(({ Roots = [] }) =>
      Roots.flatMap(({ Id }): Chain[] => (Id === undefined ? [] : [[Id.toLowerCase()]])),
    );
    let seen = waiting.length;
    while (waiting.length > 0) {
      const below = (await Promise.all(waiting.splice(0, AT_ONCE).map(visit))).flat();
      seen += below.length;
      if (seen > MOST_UNITS) throw new Error('the tree of the organization has no end');
      waiting.push(...below);
    }
  } catch (error) {
    throw asJitError(error);
  } finally {
    client.destroy();
  }
  for (const id of moved) found.delete(id);
  return found;
}

async function pages<P extends { readonly NextToken?: string | undefined }>(
  send: (more: { NextToken?: string }) => Promise<P>,
): Promise<readonly P[]> {
  const all: P[] = [];
  let token: { NextToken?: string } = {};
  do {
    const page = await send(token);
    all.push(page);
    token = page.NextToken ? { NextToken: page.NextToken } : {};
  } while (token.NextToken && all.length < MOST_PAGES);
  if (token.NextToken) throw new Error('a list of the organization has no end');
  return all;
}
