import { Refusal } from './errors.ts';
import { typeIn } from './governance.ts';
import type { Tables } from './model.ts';
import type { Call, Caller } from './route.ts';
import type { Members, Simulation } from './simulation.ts';

/** The subscription that a path is in, in lower case; undefined for what is of the whole tenant. */
function subscriptionIn(path: string): string | undefined {
  return /^\/subscriptions\/([^/]+)/i.exec(path)?.[1]?.toLowerCase();
}

/** Is it in the subscription that the call is about? */
export function isNamed(call: Pick<Call, 'path'>, { id }: { readonly id: string }): boolean {
  return subscriptionIn(id) === subscriptionIn(call.path);
}

/** Has the caller a role in a subscription? */
export function isMember({ subscriptions }: Simulation, { appId }: Caller, subscription: string): boolean {
  const members = subscriptions.get(subscription.toLowerCase()) ?? [];
  return members === 'everybody' || members.includes(appId);
}

/**
 * Checks that Resource Manager makes before it asks the provider. It refuses whoever has no role there, also for what is not there,
 * and does not find subscriptions that the tenant does not have ("Troubleshoot common Azure deployment errors": AuthorizationFailed,
 * SubscriptionNotFound, ResourceGroupNotFound).
 */
export function checkScope(sim: Simulation, caller: Caller, method: string, path: string): void {
  const subscription = subscriptionIn(path);
  // What is of the whole tenant is of no subscription.
  if (subscription === undefined) return;
  if (!sim.subscriptions.has(subscription)) {
    throw new Refusal(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
  }
  if (!isMember(sim, caller, subscription)) {
    const by = `The client '${caller.appId}' with object id '${caller.objectId}'`;
    const what = `perform action '${actionOf(method, path)}' over scope '${path}' or the scope is invalid`;
    const message = `${by} does not have authorization to ${what}. If access was recently granted, please refresh your credentials.`;
    throw new Refusal(403, 'AuthorizationFailed', message);
  }
  const [, , , kind, group] = path.split('/');
  if (kind?.toLowerCase() !== 'resourcegroups') return;
  const within = `/subscriptions/${subscription}/resourcegroups/${group?.toLowerCase()}/`;
  const tables = Object.values(sim.world.current) as readonly ReadonlyMap<string, unknown>[];
  if (!tables.some((table) => [...table.keys()].some((id) => id.startsWith(within)))) {
    throw new Refusal(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  }
}

function actionOf(method: string, path: string): string {
  const { type, rest } = typeIn(path);
  const verb = { GET: 'read', PUT: 'write', DELETE: 'delete' }[method] ?? 'action';
  return [type || 'Microsoft.Resources/subscriptions', ...rest, verb].join('/');
}

/** What people who may manage the tenant do. */
export function tenantHands({ world, subscriptions, subscriptionId }: Simulation) {
  /** What is at an id, and below it, has another one from now on, wherever it is named ("Move resources to a new subscription"). */
  const rename = (from: string, to: string): void => {
    const moveIn = <T extends keyof Tables>(table: T): void => {
      for (const before of [...world.current[table].values()] as Tables[T][]) {
        const after = renamed(before, from, to);
        if (after === before) continue;
        world.remove(table, before.id);
        world.put(table, after);
      }
    };
    for (const table of Object.keys(world.current) as (keyof Tables)[]) moveIn(table);
  };
  return {
    /** Makes a subscription, or says anew who has a role in it. */
    setMembers(subscription: string, members: Members): void {
      subscriptions.set(subscription.toLowerCase(), members);
    },
    /** Moves a resource group of the first subscription, with all that is in it. */
    moveResourceGroup(name: string, subscription: string): void {
      const group = `resourceGroups/${name}`;
      rename(`/subscriptions/${subscriptionId}/${group}`, `/subscriptions/${subscription}/${group}`);
    },
    /** Moves one resource, by its name, with what is in it; it keeps its resource group's name. */
    moveResource(table: keyof Tables, name: string, subscription: string): void {
      const found = [...world.current[table].values()].find(({ id }) => id.endsWith(`/${name}`));
      if (!found) throw new Error(`nothing in the simulated subscription is called ${name}`);
      rename(found.id, found.id.replace(/^\/subscriptions\/[^/]+/i, `/subscriptions/${subscription}`));
    },
  };
}

/** The same value where nothing in it names what is at `from`. */
function renamed<V>(value: V, from: string, to: string): V {
  if (typeof value === 'string') {
    const isMeant = `${value.toLowerCase()}/`.startsWith(`${from.toLowerCase()}/`);
    return (isMeant ? `${to}${value.slice(from.length)}` : value) as V;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, renamed(one, from, to)] as const);
  if (entries.every(([key, one]) => one === (value as Record<string, unknown>)[key])) return value;
  return (Array.isArray(value) ? entries.map(([, one]) => one) : Object.fromEntries(entries)) as V;
}
