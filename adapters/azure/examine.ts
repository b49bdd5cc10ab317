import { type MachineId, providerIdOf } from '../../src/core/machine/machine.ts';
import { type Diagnosis, faultAt, meaningOf, unknownAt } from '../../src/core/view/doctor-page.ts';
import { clockOf } from '../../src/core/view/skew.ts';
import type { BackendName, Subscription } from './arm/clients.ts';
import type { Azure } from './arm/context.ts';
import { part } from './arm/ids.ts';
import { readMachines } from './arm/inventory.ts';
import { type Actions, covers } from './entitlement/rbac.ts';

const VERSION = '2022-04-01';
/** Resource groups of machines that are asked about, in each subscription. */
const MOST_GROUPS = 5;
const NETWORK = 'Microsoft.Network';
const JIT = 'Microsoft.Security/locations/jitNetworkAccessPolicies';

const READ = [
  'Microsoft.Compute/virtualMachines/read',
  'Microsoft.Compute/virtualMachineScaleSets/read',
  `${NETWORK}/networkInterfaces/read`,
  `${NETWORK}/networkInterfaces/effectiveNetworkSecurityGroups/action`,
  `${NETWORK}/networkSecurityGroups/read`,
  `${NETWORK}/virtualNetworks/read`,
  `${NETWORK}/publicIPAddresses/read`,
  `${NETWORK}/networkSecurityGroups/securityRules/delete`,
  'Microsoft.Authorization/locks/read',
];

/** What each backend cannot do without: of the operator's role in manifests/azure what opening and closing take. */
export const NEEDED: Readonly<Record<BackendName, readonly string[]>> = {
  defender: [...READ, `${JIT}/read`, `${JIT}/initiate/action`],
  nsg: [...READ, `${NETWORK}/networkSecurityGroups/securityRules/write`],
};

const ROLES: Readonly<Record<BackendName, string>> = { defender: 'Defender', nsg: 'network security groups' };

/** Every subscription: sign-in, reading, clock, and rights where its machines are. */
export async function examineAzure(azure: Azure, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  return (await Promise.all(azure.subscriptions.map((site) => examineSite(azure, site, signal)))).flat();
}

async function examineSite(azure: Azure, site: Subscription, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const of = `Azure ${site.id}`;
  let machines: readonly MachineId[];
  try {
    machines = (await readMachines(site, signal)).machines.map(({ id }) => id);
  } catch (error) {
    const remedy =
      'Assign the operator role of manifests/azure there, and compare `azure.subscriptions` and the credentials.';
    return [faultAt(of, 'sign-in and reading', meaningOf(error), remedy)];
  }
  const groups = [...new Set(machines.map((id) => part(providerIdOf(id), 'resourcegroups')))];
  const found: Diagnosis[] = [
    { of, what: 'sign-in and reading', verdict: 'fine' },
    clockOf(of, site.cloudNow(), azure.now()),
  ];
  for (const group of groups.slice(0, MOST_GROUPS)) found.push(await rightsIn(site, group, signal));
  const rest = groups.length - MOST_GROUPS;
  if (rest > 0)
    found.push(
      unknownAt(
        of,
        `rights in ${rest} more resource groups`,
        'They were not asked for.',
        'Assign the role at the subscription.',
      ),
    );
  if (groups.length === 0)
    found.push(
      unknownAt(
        of,
        'rights',
        'No machine is there, or none may be read.',
        'Assign the operator role where the machines are.',
      ),
    );
  return found;
}

/** "Permissions - List For Resource Group" tells what the caller may do there; deny assignments are not in it. */
async function rightsIn(site: Subscription, group: string, signal: AbortSignal): Promise<Diagnosis> {
  const of = `Azure ${site.id}`;
  const what = `rights in ${group}`;
  const path = `/subscriptions/${site.id}/resourcegroups/${group}/providers/Microsoft.Authorization/permissions`;
  try {
    const all = await site.read(signal, ({ plain }, options) => plain.list({ path, version: VERSION }, options));
    const missing = NEEDED[site.backend].filter((action) => !all.some((one) => covers(one as Actions, action)));
    if (missing.length === 0) return { of, what, verdict: 'fine' };
    const role = ROLES[site.backend];
    return faultAt(
      of,
      what,
      `Missing: ${missing.join(', ')}.`,
      `Assign “Drawbridge operator (${role})” of manifests/azure there.`,
    );
  } catch (error) {
    return unknownAt(of, what, meaningOf(error), 'Compare the role assignments with manifests/azure.');
  }
}
