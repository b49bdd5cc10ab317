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

/** What protecting and ending that take besides; with rules of its own the operator has it all. */
export const PROTECTING = [`${JIT}/write`, `${JIT}/delete`, 'Microsoft.Compute/virtualMachines/write'];

/** What it takes to tell what people's roles allow. */
export const ASKING = ['roleAssignments', 'roleDefinitions', 'denyAssignments', 'roleEligibilityScheduleInstances'].map(
  (kind) => `Microsoft.Authorization/${kind}/read`,
);

/** What opening through a firewall takes, by where its rules are. */
export const WALLS = {
  own: [`${NETWORK}/azureFirewalls/write`],
  policy: ['write', 'delete'].map((verb) => `${NETWORK}/firewallPolicies/ruleCollectionGroups/${verb}`),
};

/** Something that is done, with what it takes and the role that has it. */
interface Right {
  readonly what: string;
  readonly actions: readonly string[];
  readonly role: string;
  /** Where it may not be needed: when it is. */
  readonly isMaybe?: string;
}

const ROLES: Readonly<Record<BackendName, string>> = { defender: 'Defender', nsg: 'network security groups' };
const WALL = {
  what: 'rights on firewalls',
  role: 'Drawbridge operator (Azure Firewall)',
  isMaybe: 'It is needed where machines are reached through it.',
};
const FIREWALL: Right = { ...WALL, actions: WALLS.own };
const POLICY: Right = { ...WALL, actions: WALLS.policy };

/** Beside what opening takes. */
const ONBOARDING: Readonly<Record<BackendName, readonly Right[]>> = {
  defender: [{ what: 'rights to protect', actions: PROTECTING, role: 'Drawbridge onboarder (Defender)' }],
  nsg: [],
};

function rightsFor(backend: BackendName, asksRoles: boolean): readonly Right[] {
  const role = `Drawbridge operator (${ROLES[backend]})`;
  return [
    { what: 'rights', actions: NEEDED[backend], role },
    ...ONBOARDING[backend],
    ...(asksRoles
      ? [{ what: 'rights to read roles', actions: ASKING, role: 'Drawbridge operator (roles of people)' }]
      : []),
  ];
}

/** Every subscription: sign-in, reading, clock, and rights where its machines are. */
export async function examineAzure(
  azure: Azure,
  { asksRoles }: { readonly asksRoles: boolean },
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const all = azure.subscriptions.map((site) => examineSite(azure, site, rightsFor(site.backend, asksRoles), signal));
  return (await Promise.all(all)).flat();
}

async function examineSite(
  azure: Azure,
  site: Subscription,
  wanted: readonly Right[],
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
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
  for (const group of groups.slice(0, MOST_GROUPS)) found.push(...(await rightsIn(site, group, wanted, signal)));
  found.push(...(await firewallRights(site, signal)));
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
function permissionsIn(site: Subscription, group: string, signal: AbortSignal): Promise<readonly unknown[]> {
  const path = `/subscriptions/${site.id}/resourcegroups/${group}/providers/Microsoft.Authorization/permissions`;
  return site.read(signal, ({ plain }, options) => plain.list({ path, version: VERSION }, options));
}

/** What each of these takes is looked for at once. */
async function rightsIn(
  site: Subscription,
  group: string,
  wanted: readonly Right[],
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const of = `Azure ${site.id}`;
  try {
    const all = await permissionsIn(site, group, signal);
    return wanted.map(({ what, actions, role, isMaybe }) => {
      const missing = actions.filter((action) => !all.some((one) => covers(one as Actions, action)));
      const at = `${what} in ${group}`;
      if (missing.length === 0) return { of, what: at, verdict: 'fine' };
      const tell = isMaybe ? unknownAt : faultAt;
      const maybe = isMaybe ? ` ${isMaybe}` : '';
      return tell(of, at, `Missing: ${missing.join(', ')}.${maybe}`, `Assign “${role}” of manifests/azure there.`);
    });
  } catch (error) {
    return [
      unknownAt(of, `rights in ${group}`, meaningOf(error), 'Compare the role assignments with manifests/azure.'),
    ];
  }
}

/** Which ones open through firewalls. */
export const BEHIND_FIREWALLS: Readonly<Record<BackendName, boolean>> = { defender: false, nsg: true };

/** Of each firewall that there is, where its rules are: in itself, or in its policy. Reading them is the operator's. */
async function firewallRights(site: Subscription, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  if (!BEHIND_FIREWALLS[site.backend]) return [];
  try {
    const all = await site.read(signal, ({ network }, options) =>
      Array.fromAsync(network.azureFirewalls.listAll(options)),
    );
    const places = new Map(
      all.flatMap(({ id = '', firewallPolicy }): readonly (readonly [string, Right])[] => {
        const policy = firewallPolicy?.id;
        // One of another subscription is looked at there, or by nobody.
        if (policy !== undefined && part(policy, 'subscriptions').toLowerCase() !== site.id.toLowerCase()) return [];
        return [[part(policy ?? id, 'resourcegroups'), policy === undefined ? FIREWALL : POLICY]];
      }),
    );
    const some = [...places].slice(0, MOST_GROUPS);
    return (await Promise.all(some.map(([group, right]) => rightsIn(site, group, [right], signal)))).flat();
  } catch (error) {
    const remedy = 'Assign the operator role at the subscription.';
    return [unknownAt(`Azure ${site.id}`, 'rights on firewalls', meaningOf(error), remedy)];
  }
}
