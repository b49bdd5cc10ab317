import { z } from 'zod';
import { badRequest, Refusal } from './errors.ts';
import { collectionsOf, matches } from './firewall-match.ts';
import { type Nic, type Snapshot, sameId, type Vm } from './model.ts';
import { isWithin } from './prefix.ts';
import { firewallOnRoute } from './reach.ts';
import type { Route } from './route.ts';
import type { Simulation } from './simulation.ts';
import { isMember, isNamed } from './tenant.ts';

const API_VERSION = '2024-04-01';
/** The recommendation on just-in-time access (its key is the same in every tenant). */
const ASSESSMENT = '805651bc-6ecd-4c73-9b55-97a19d0582d0';
/** The two queries that are answered; Kusto at large is not simulated. */
const QUERY = `securityresources | where type =~ 'microsoft.security/assessments' and name == '${ASSESSMENT}' | project vmId=tolower(tostring(properties.resourceDetails.Id)), code=tostring(properties.status.code) | order by vmId asc`;
const ABOVE = `resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project subscriptionId, chain=properties.managementGroupAncestorsChain | order by subscriptionId asc`;
const MANAGEMENT_PORTS = [22, 3389, 5985, 5986];

const body = z.strictObject({
  subscriptions: z.array(z.string()).min(1),
  query: z.string(),
  options: z
    .strictObject({
      $skipToken: z.string().optional(),
      $top: z.number().int().min(1).max(1_000).optional(),
      resultFormat: z.literal('objectArray').optional(),
    })
    .optional(),
});

type Code = 'Healthy' | 'Unhealthy' | 'NotApplicable';

const list = (single: string | undefined, many: readonly string[] | undefined): readonly string[] =>
  single === undefined ? (many ?? []) : [single];

const spansPort = (text: string): boolean => {
  const [first, last = first] = text.split('-').map(Number);
  return text === '*' || MANAGEMENT_PORTS.some((port) => (first ?? 0) <= port && port <= (last ?? 0));
};

/** Whether a rule's destination is that address; what is no prefix (a tag, an application group) may hold it. */
const means = (text: string, address: string): boolean =>
  !/^[\d.:a-f]+(\/\d+)?$/i.test(text) || isWithin(address, text);

/** Does a group of the interface have an Allow rule for a management port? `undefined` where there is no group. */
function groupsAllow(view: Snapshot, nic: Nic): boolean | undefined {
  const ids = [view.subnets.get(nic.subnetId.toLowerCase())?.nsgId, nic.nsgId];
  const groups = ids.flatMap((id) => view.nsgs.get(id?.toLowerCase() ?? '') ?? []);
  if (groups.length === 0) return undefined;
  return groups
    .flatMap(({ rules }) => rules.map(({ properties }) => properties))
    .filter(({ access, direction, protocol }) => access === 'Allow' && direction === 'Inbound' && protocol !== 'Udp')
    .filter((rule) => list(rule.destinationPortRange, rule.destinationPortRanges).some(spansPort))
    .some(({ destinationAddressPrefix, destinationAddressPrefixes, destinationApplicationSecurityGroups = [] }) => {
      const texts = list(destinationAddressPrefix, destinationAddressPrefixes);
      const named = nic.addresses.some(({ privateIp }) => texts.some((text) => means(text, privateIp)));
      return named || destinationApplicationSecurityGroups.length > 0;
    });
}

/** The same of the firewall that the interface's subnet is routed through. */
function firewallAllows(view: Snapshot, nic: Nic): boolean | undefined {
  const firewall = firewallOnRoute(view, nic.subnetId);
  if (!firewall) return undefined;
  const isOwn = (address: string) => nic.addresses.some(({ privateIp }) => privateIp === address);
  return collectionsOf(view, firewall).some(({ kind, action, rules }) =>
    rules.some((rule) => {
      if (kind === 'nat') return rule.to && isOwn(rule.to.address) && MANAGEMENT_PORTS.includes(rule.to.port);
      return (
        action === 'Allow' &&
        nic.addresses.some(({ privateIp: to }) =>
          MANAGEMENT_PORTS.some((port) =>
            matches({ ...rule, sources: ['*'] }, { from: to, to, port, protocol: 'TCP' }),
          ),
        )
      );
    }),
  );
}

/** The diagram of “Understanding just-in-time VM access”, box by box. */
function evaluate(view: Snapshot, vm: Vm): Code {
  const nics = [...view.nics.values()].filter((nic) => sameId(nic.vmId, vm.id));
  const any = (answers: readonly (boolean | undefined)[]): boolean | undefined =>
    answers.includes(true) ? true : answers.includes(false) ? false : undefined;
  const isOn = [...view.policies.values()].some((policy) => policy.virtualMachines.some(({ id }) => sameId(id, vm.id)));
  if (isOn) return 'Healthy';
  const groups = any(nics.map((nic) => groupsAllow(view, nic)));
  const firewall = any(nics.map((nic) => firewallAllows(view, nic)));
  if (groups === false) return 'Healthy';
  if (firewall === undefined) return groups === undefined ? 'NotApplicable' : 'Unhealthy';
  return firewall ? 'Unhealthy' : 'Healthy';
}

/** What Defender says of the machines of these subscriptions. */
function assessmentsOf(view: Snapshot, readable: readonly string[]) {
  const within = <E extends { readonly id: string }>(table: ReadonlyMap<string, E>, id: string) =>
    [...table.values()].filter((one) => isNamed({ path: `/subscriptions/${id}` }, one));
  const assessed = readable.filter((id) => {
    const plan = within(view.pricings, id).find(({ name }) => name === 'VirtualMachines');
    return plan?.pricingTier === 'Standard' && plan.subPlan === 'P2';
  });
  return assessed
    .flatMap((id) => within(view.vms, id))
    .map((vm) => ({ vmId: vm.id.toLowerCase(), code: evaluate(view, vm) }))
    .sort((a, b) => (a.vmId < b.vmId ? -1 : 1));
}

/** The management groups above them; `null` where Azure does not show any. */
function aboveOf({ behaviour }: Simulation, readable: readonly string[]) {
  return [...readable].sort().map((subscriptionId) => {
    const { [subscriptionId.toLowerCase()]: names = [behaviour.ownerTenant] } = behaviour.managementGroups;
    return { subscriptionId, chain: names?.map((name) => ({ name, displayName: `Group ${name}` })) ?? null };
  });
}

/** Azure Resource Graph, as far as Defender's recommendation on just-in-time access and management groups are asked for. */
export function resourceGraphRoutes(sim: Simulation): readonly Route[] {
  return [
    {
      operation: 'Resources',
      area: 'arm',
      method: 'POST',
      path: '/providers/Microsoft.ResourceGraph/resources',
      apiVersion: API_VERSION,
      handle(call) {
        const asked = body.safeParse(call.body);
        if (!asked.success) throw badRequest(`Please provide a valid query: ${asked.error.message}`);
        const { subscriptions, query, options = {} } = asked.data;
        if (query !== QUERY && query !== ABOVE)
          throw badRequest('The query is none that is simulated.', 'InvalidQuery');
        // Subscriptions that the caller may see nothing of are passed over without a word, unless all are.
        const readable = subscriptions.filter((id) => isMember(sim, call.caller, id));
        if (readable.length === 0) {
          throw new Refusal(403, 'AccessDenied', 'Please make sure that you have access to the subscriptions.');
        }
        const all = query === ABOVE ? aboveOf(sim, readable) : assessmentsOf(call.view, readable);
        const from = Number(options.$skipToken ?? 0);
        const size = Math.min(options.$top ?? 100, sim.behaviour.pageSize);
        const data = all.slice(from, from + size);
        const more = from + size < all.length ? { $skipToken: String(from + size) } : {};
        const counts = { totalRecords: all.length, count: data.length, resultTruncated: 'false' };
        return { status: 200, body: { ...counts, ...more, data } };
      },
    },
  ];
}
