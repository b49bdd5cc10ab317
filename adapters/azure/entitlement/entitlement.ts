import type { AuthorizationManagementClient, DenyAssignment, RoleDefinition } from '@azure/arm-authorization';
import { z } from 'zod';
import { JitError } from '../../../src/core/errors/errors.ts';
import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import { say } from '../../../src/core/language/say.ts';
import { tidy } from '../../../src/core/language/text.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Person } from '../../../src/core/people/person.ts';
import type { CallOptions } from '../../../src/kit/call.ts';
import type { Entitlement } from '../../../src/ports/entitlement.ts';
import type { Subscription } from '../arm/clients.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { partsOf } from '../arm/ids.ts';
import { backendAt } from '../backends.ts';
import { CLOUD } from '../errors.ts';
import {
  type Actions,
  type Assignment,
  covers,
  type Deny,
  evaluateAction,
  isAtOrAbove,
  type Principal,
} from './rbac.ts';

/** What Defender asks of whoever requests ("Just-in-time VM access", permissions): the first on the policy, the second on the VM. */
const INITIATE = 'Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action';
const READ = 'Microsoft.Compute/virtualMachines/read';
/** Built-in roles hardly change, and custom ones take minutes to spread anyway. */
const KEPT_MS = 5 * MINUTE_MS;
/** More roles than anybody holds for one machine. */
const MOST_ROLES = 200;

interface Kept {
  readonly at: number;
  readonly permissions: Promise<readonly Actions[]>;
}

/**
 * Asks whether the person, by Azure roles, could request access in the portal: assignments of their own and of their groups,
 * at the policy or the VM and above, less what is denied. Without Defender there is no policy, and both are asked at the VM.
 * Only role definitions are kept; who holds them is read each time.
 */
export function entitlementOf(azure: Azure): Entitlement {
  const definitions = new Map<string, Kept>();
  return {
    async mayRequest(person, machine, signal) {
      const oid = person.entra?.toLowerCase();
      if (!oid) throw new JitError('noEntraId', { name: person.name });
      try {
        await entitle(azure, definitions, { person, oid, machine }, signal);
      } catch (error) {
        if (!(error instanceof JitError) || error.kind !== 'refused') throw error;
        throw new JitError(
          'entitlementUnknown',
          { machine: partsOf(machine).name, name: person.name, cloud: CLOUD },
          { cause: error },
        );
      }
    },
  };
}

interface Asked {
  readonly person: Person;
  readonly oid: string;
  readonly machine: MachineId;
}

async function entitle(
  azure: Azure,
  definitions: Map<string, Kept>,
  { person, oid, machine }: Asked,
  signal: AbortSignal,
): Promise<void> {
  const vm = providerIdOf(machine);
  const site = siteOf(azure, vm);
  const words = { machine: partsOf(machine).name, name: person.name };
  const needs = [
    { action: INITIATE, scope: await backendAt(site).requestScope(site, machine, signal) },
    { action: READ, scope: vm },
  ];
  for (const { action, scope } of needs) {
    const rights = new Rights(azure, definitions, { site, scope, oid, signal });
    const [assignments, denies] = await Promise.all([rights.assignments(), rights.denies()]);
    const answer = evaluateAction(action, scope, oid, { assignments, denies });
    if (answer.verdict === 'granted') continue;
    if (answer.verdict === 'denied') throw new JitError('deniedByAzure', { ...words, by: tidy(answer.by, 80) });
    if (answer.verdict === 'unknown') {
      azure.log.warn({ machine, by: answer.by }, 'a deny assignment cannot be judged');
      throw new JitError('entitlementUnknown', { ...words, cloud: CLOUD });
    }
    if (await rights.isEligible(action)) throw new JitError('eligibleOnly', words);
    if (answer.verdict === 'conditional') throw new JitError('conditionalRole', words);
    // What people hold by Azure Lighthouse is in no list of the customer's assignments.
    if (await isDelegated(site, signal)) throw new JitError('entitlementUnknown', { ...words, cloud: CLOUD });
    throw new JitError('notEntitled', { ...words, action });
  }
}

const SUBSCRIPTION = z.looseObject({ tenantId: z.string() });

/** Is the subscription another tenant's, which people of this one reach by delegation ("Azure Lighthouse")? */
async function isDelegated(site: Subscription, signal: AbortSignal): Promise<boolean> {
  const at = { path: `/subscriptions/${site.id}`, version: '2022-12-01' };
  const read = await site.read(signal, ({ plain }, options) => plain.get(at, options));
  const { success, data } = SUBSCRIPTION.safeParse(read);
  return !success || data.tenantId.toLowerCase() !== site.tenantId.toLowerCase();
}

type Listed = Pick<
  AuthorizationManagementClient,
  'roleAssignments' | 'denyAssignments' | 'roleEligibilityScheduleInstances' | 'roleDefinitions'
>;

interface RightsOf {
  readonly site: Subscription;
  readonly scope: string;
  readonly oid: string;
  readonly signal: AbortSignal;
}

/** What one person holds at one scope. */
class Rights {
  readonly #azure: Azure;
  readonly #definitions: Map<string, Kept>;
  readonly #site: Subscription;
  readonly #scope: string;
  readonly #oid: string;
  readonly #signal: AbortSignal;

  constructor(azure: Azure, definitions: Map<string, Kept>, { site, scope, oid, signal }: RightsOf) {
    this.#azure = azure;
    this.#definitions = definitions;
    this.#site = site;
    this.#scope = scope;
    this.#oid = oid;
    this.#signal = signal;
  }

  /** NB. `assignedTo` follows groups within groups; `principalId eq` would not ("List Azure role assignments using the REST API"). */
  async assignments(): Promise<readonly Assignment[]> {
    const filter = `atScope() and assignedTo('${this.#oid}')`;
    const found = await this.#read((sdk, options) =>
      Array.fromAsync(sdk.roleAssignments.listForScope(unrooted(this.#scope), { ...options, filter })),
    );
    if (found.length > MOST_ROLES)
      throw new JitError('azureInTheWay', {
        why: say`somebody has more than ${MOST_ROLES} roles there, too many to judge`,
      });
    return Promise.all(
      found.map(async ({ roleDefinitionId = '', condition }) => ({
        permissions: await this.#permissions(roleDefinitionId),
        ...(condition ? { condition } : {}),
      })),
    );
  }

  async denies(): Promise<readonly Deny[]> {
    const found = await this.#read((sdk, options) =>
      Array.fromAsync(sdk.denyAssignments.listForScope(unrooted(this.#scope), { ...options, filter: 'atScope()' })),
    );
    return found.map(toDeny);
  }

  /** Could a role that only has to be activated grant it? */
  async isEligible(action: string): Promise<boolean> {
    const filter = `assignedTo('${this.#oid}')`;
    const found = await this.#read((sdk, options) =>
      Array.fromAsync(sdk.roleEligibilityScheduleInstances.listForScope(unrooted(this.#scope), { ...options, filter })),
    );
    const near = found.filter(({ scope = '' }) => isAtOrAbove(scope, this.#scope)).slice(0, MOST_ROLES);
    const roles = await Promise.all(near.map(({ roleDefinitionId = '' }) => this.#permissions(roleDefinitionId)));
    return roles.flat().some((one) => covers(one, action));
  }

  #permissions(id: string): Promise<readonly Actions[]> {
    const key = id.toLowerCase();
    const kept = this.#definitions.get(key);
    if (kept && this.#azure.now() - kept.at < KEPT_MS) return kept.permissions;
    const permissions = this.#read((sdk, options) => sdk.roleDefinitions.getById(unrooted(id), options)).then(
      (role: RoleDefinition): readonly Actions[] => role.permissions ?? [],
    );
    this.#definitions.set(key, { at: this.#azure.now(), permissions });
    permissions.catch(() => this.#definitions.delete(key));
    return permissions;
  }

  #read<T>(work: (sdk: Listed, options: CallOptions) => Promise<T>): Promise<T> {
    return this.#site.read(this.#signal, async ({ authorization }, options) => work(await authorization(), options));
  }
}

/** The SDK puts a slash before a scope, whether it has one or not. */
function unrooted(scope: string): string {
  return scope.replace(/^\/+/, '');
}

function toDeny(wire: DenyAssignment): Deny {
  const principals = (all: DenyAssignment['principals'] = []): readonly Principal[] =>
    all.map(({ id = '', type = '' }) => ({ id, type }));
  const { denyAssignmentName, name = 'a deny assignment', scope = '', permissions = [], condition } = wire;
  return {
    name: denyAssignmentName ?? name,
    scope,
    permissions,
    doNotApplyToChildScopes: wire.doNotApplyToChildScopes === true,
    principals: principals(wire.principals),
    excludePrincipals: principals(wire.excludePrincipals),
    ...(condition ? { condition } : {}),
  };
}
