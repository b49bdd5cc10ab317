import { defaultRules } from './default-rules.ts';
import { Refusal } from './errors.ts';
import type { Nic, Nsg, RuleProperties, Snapshot } from './model.ts';
import { findNic } from './network.ts';
import { begin, NETWORK_API } from './operations.ts';
import { GROUP } from './read-routes.ts';
import type { Route } from './route.ts';
import type { Simulation } from './simulation.ts';

/** What the service tags stand for. `Internet` is all that is neither private nor reserved. */
const expanded: Readonly<Record<string, readonly string[]>> = {
  VirtualNetwork: ['10.0.0.0/16', '168.63.129.16/32'],
  AzureLoadBalancer: ['168.63.129.16/32'],
  Internet:
    '1.0.0.0/8 2.0.0.0/7 4.0.0.0/6 8.0.0.0/7 11.0.0.0/8 12.0.0.0/6 16.0.0.0/4 32.0.0.0/3 64.0.0.0/3 96.0.0.0/4 112.0.0.0/5 120.0.0.0/6 124.0.0.0/7 126.0.0.0/8 128.0.0.0/3 160.0.0.0/5 168.0.0.0/6 172.0.0.0/12 172.32.0.0/11 172.64.0.0/10 172.128.0.0/9 173.0.0.0/8 174.0.0.0/7 176.0.0.0/4 192.0.0.0/9 192.128.0.0/11 192.160.0.0/13 192.169.0.0/16 192.170.0.0/15 192.172.0.0/14 192.176.0.0/12 192.192.0.0/10 193.0.0.0/8 194.0.0.0/7 196.0.0.0/6 200.0.0.0/5 208.0.0.0/4'.split(
      ' ',
    ),
};

const ports = (text: string): string => (text === '*' ? '0-65535' : text.includes('-') ? text : `${text}-${text}`);

function prefix(text: string): string {
  if (text === '*') return '0.0.0.0/0';
  if (text in expanded || text.includes('/')) return text;
  return `${text}/${text.includes(':') ? 128 : 32}`;
}

const both = (single: string | undefined, many: readonly string[] | undefined): readonly string[] =>
  single === undefined ? (many ?? []) : [single];

/** Both forms that the service answers with: the list always, the single value when it is one. */
function forms<N extends string>(name: N, plural: string, values: readonly string[]) {
  return { ...(values.length === 1 ? { [name]: values[0] } : {}), [plural]: values };
}

function expansion(name: string, values: readonly string[]) {
  const all = values.flatMap((value) => expanded[value] ?? []);
  return all.length === 0 ? {} : { [name]: all };
}

/** One rule as it takes effect: names say where it comes from, ports are ranges and addresses prefixes. */
function effectiveRule(name: string, rule: RuleProperties) {
  const sources = both(rule.sourceAddressPrefix, rule.sourceAddressPrefixes).map(prefix);
  const destinations = both(rule.destinationAddressPrefix, rule.destinationAddressPrefixes).map(prefix);
  const from = both(rule.sourcePortRange, rule.sourcePortRanges).map(ports);
  const to = both(rule.destinationPortRange, rule.destinationPortRanges).map(ports);
  return {
    name,
    protocol: rule.protocol === '*' ? 'All' : rule.protocol,
    ...forms('sourcePortRange', 'sourcePortRanges', from),
    ...forms('destinationPortRange', 'destinationPortRanges', to),
    ...forms('sourceAddressPrefix', 'sourceAddressPrefixes', sources),
    ...forms('destinationAddressPrefix', 'destinationAddressPrefixes', destinations),
    ...expansion('expandedSourceAddressPrefix', sources),
    ...expansion('expandedDestinationAddressPrefix', destinations),
    access: rule.access,
    priority: rule.priority,
    direction: rule.direction,
  };
}

function effectiveGroups(view: Snapshot, nic: Nic) {
  const subnet = view.subnets.get(nic.subnetId.toLowerCase());
  const group = (id: string | undefined): Nsg | undefined => view.nsgs.get(id?.toLowerCase() ?? '');
  const attached = [
    { nsg: group(subnet?.nsgId), association: { subnet: { id: nic.subnetId } } },
    { nsg: group(nic.nsgId), association: { networkInterface: { id: nic.id } } },
  ];
  return attached.flatMap(({ nsg, association }) => {
    if (!nsg) return [];
    const effectiveSecurityRules = [
      ...nsg.rules.map((rule) => effectiveRule(`securityRules/${rule.name}`, rule.properties)),
      ...defaultRules.map((rule) => effectiveRule(`defaultSecurityRules/${rule.name}`, rule.properties)),
    ];
    return [{ networkSecurityGroup: { id: nsg.id }, association, effectiveSecurityRules }];
  });
}

/** What is really in force on an interface; only a running machine has an answer. */
export function effectiveRoutes(sim: Simulation): readonly Route[] {
  return [
    {
      operation: 'NetworkInterfaces_ListEffectiveNetworkSecurityGroups',
      area: 'arm',
      method: 'POST',
      path: `${GROUP}/networkInterfaces/{networkInterfaceName}/effectiveNetworkSecurityGroups`,
      apiVersion: NETWORK_API,
      handle: (call) => {
        const nic = findNic(call);
        const vm = call.view.vms.get(nic.vmId?.toLowerCase() ?? '');
        if (vm?.power !== 'running') {
          const message = `Operation is not allowed: VM must be running, and network interface ${nic.id} is not attached to a running VM.`;
          throw new Refusal(409, 'OperationNotAllowed', message);
        }
        const { result } = begin(sim, nic.location, { value: effectiveGroups(call.view, nic) });
        return { status: 202, headers: { Location: result } };
      },
    },
  ];
}
