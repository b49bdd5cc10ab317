import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { providerIdOf } from '../../src/core/machine/machine.ts';
import type { MarkSigner } from '../../src/core/rule/mark.ts';
import { Above, listBelow, stateBelow } from '../../src/kit/above.ts';
import { allOf } from '../../src/kit/outcome.ts';
import { proving, urgently } from '../../src/kit/rank.ts';
import type { Addressed } from '../../src/ports/addressed.ts';
import type { Assessor } from '../../src/ports/assessor.ts';
import type { Bastions } from '../../src/ports/bastions.ts';
import type { CloudAdapter, Opened, Protector } from '../../src/ports/cloud.ts';
import type { Entitlement } from '../../src/ports/entitlement.ts';
import type { Examiner } from '../../src/ports/examiner.ts';
import type { Leftovers } from '../../src/ports/leftovers.ts';
import type { Lockdown } from '../../src/ports/lockdown.ts';
import type { Log } from '../../src/ports/log.ts';
import type { CallWatch } from '../../src/ports/meter.ts';
import type { Places } from '../../src/ports/places.ts';
import type { Remover } from '../../src/ports/remover.ts';
import type { Tracer } from '../../src/ports/tracer.ts';
import type { WriteLog } from '../../src/ports/write-log.ts';
import { azureAddressed } from './arm/addressed.ts';
import { type AzureSettings, subscriptionsOf } from './arm/clients.ts';
import { type Azure, siteOf } from './arm/context.ts';
import { part } from './arm/ids.ts';
import { azureInventory } from './arm/inventory.ts';
import { CLOSINGS } from './arm/quotas.ts';
import { Turns } from './arm/turns.ts';
import { readUnits } from './arm/units.ts';
import { assess } from './assess.ts';
import { backendAt, backendOf } from './backends.ts';
import { bastionFor } from './bastion.ts';
import { entitlementOf } from './entitlement/entitlement.ts';
import { examineAzure } from './examine.ts';
import { locateIn } from './locate.ts';
import { lockDown, planLockdown, planPutBack, putBack } from './lockdown.ts';
import { misplaced, putRight } from './misplaced.ts';
import { leftovers } from './nsg/leftovers.ts';
import { look, observe } from './observe.ts';
import { patrol } from './patrol.ts';
import { protect, unprotect } from './protect.ts';
import { readPresentLook } from './reading.ts';
import { remove } from './remove.ts';
import { trace } from './trace.ts';
import { writeLogOf } from './written.ts';

export type { AzureSettings } from './arm/clients.ts';

export interface AzureDeps {
  readonly marks: MarkSigner;
  /** The name of this installation. */
  readonly installation: string;
  readonly log: Log;
  /** Sees every call to Resource Manager. */
  readonly called?: CallWatch;
  /** The process clock, for what is kept a while only. */
  now(): number;
  /** Waits between two readings; a timer unless told. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const CALL_MS = 5 * SECOND_MS;
/** Resource Manager promises nothing about reads after writes of another provider. */
const READ_LAG_MS = 10 * SECOND_MS;

export type AzureAdapter = CloudAdapter &
  Addressed &
  Protector &
  Lockdown &
  Assessor &
  Bastions &
  Examiner &
  Leftovers &
  Places &
  Remover &
  Tracer &
  WriteLog &
  Partial<Entitlement>;

/**
 * Azure in all subscriptions of the settings, through Defender for Cloud's just-in-time policies. Throws `badConfig` for
 * a certificate that cannot be read.
 */
export function azureAdapter(settings: AzureSettings, deps: AzureDeps): AzureAdapter {
  const { callMs = CALL_MS } = settings;
  const asks = { asksRoles: settings.entitlement === 'rbac' };
  const azure = contextOf(settings, deps, callMs);
  const inventory = azureInventory(azure);
  const above = settings.units ? aboveOf(azure) : undefined;
  return {
    cloud: 'azure',
    // Defender may write the rule of a request again until the request's own end.
    limits: { callMs, readLagMs: READ_LAG_MS, closings: CLOSINGS, returnsUntilEnd: true },
    machines: async (signal) => listBelow(above, await inventory.read(signal), signal),
    addressed: azureAddressed(azure),
    look: async (machine, signal) => stateBelow(above, await look(azure, machine, signal), signal),
    async locate(rules, signal) {
      const [first] = rules;
      if (!first) return [];
      return locateIn(azure, await readPresentLook(azure, first.machine, signal), rules, signal);
    },
    observe: (machine, placements, signal, proves = true) =>
      proving(() => observe(azure, { machine, placements, proves }, signal)),
    async open(openings, signal, beforeCall) {
      const opened: Opened[] = [];
      for (const [backend, those] of Map.groupBy(openings, ({ placement }) => backendOf(placement)))
        opened.push(...(await backend.open(azure, those, { signal, beforeCall })));
      return opened;
    },
    async close(placements, signal, beforeCall) {
      const parts = [...Map.groupBy(placements, backendOf)];
      await allOf(parts, ([backend, those]) => urgently(() => backend.close(azure, those, { signal, beforeCall })));
    },
    mustHave: (machine) => void siteOf(azure, providerIdOf(machine)),
    onlyRemoves: (placement) => backendOf(placement).onlyRemoves(placement),
    patrol: (signal) => patrol(azure, signal),
    marked: (signal) => patrol(azure, signal),
    remove: (placements, mayGo, signal) => urgently(() => remove(azure, placements, mayGo, signal)),
    timeAt: (machine) => siteOf(azure, providerIdOf(machine)).cloudNow(),
    examine: async (_, signal) => [
      ...(await examineAzure(azure, asks, signal)),
      ...(above ? [await above.examine()] : []),
    ],
    check: (signal) => check(azure, signal),
    protect: (machine, protection, signal) => protect(azure, machine, protection, signal),
    unprotect: (machine, signal, ports) => unprotect(azure, machine, ports, signal),
    protectKey: (machine, signal) => backendAt(siteOf(azure, providerIdOf(machine))).protectKey(azure, machine, signal),
    planLockdown: ({ machine, ports }, signal) => planLockdown(azure, machine, ports, signal),
    lockDown: ({ machine, ports }, _, signal) => lockDown(azure, machine, ports, signal),
    planPutBack: (which, _, signal) => planPutBack(azure, which, signal),
    putBack: (which, _, signal) => putBack(azure, which, signal),
    bastion: (machine, signal) => bastionFor(azure, machine, signal),
    misplaced: (signal) => misplaced(azure, signal),
    putRight: (found, signal) => putRight(azure, found, signal),
    leftovers: (signal) => leftovers(azure, signal),
    trace: (asked, signal) => trace(azure, asked, signal),
    ...writeLogOf(azure, settings.clientId),
    ...(asks.asksRoles ? entitlementOf(azure) : {}),
    assess: (signal) => assess(azure, signal),
  };
}

async function check({ subscriptions }: Azure, signal: AbortSignal): Promise<void> {
  await Promise.all(
    subscriptions.map(async (site) => {
      await site.read(signal, ({ compute }, options) => compute.virtualMachines.listAll(options).next());
      await backendAt(site).check(site, signal);
    }),
  );
}

function aboveOf(azure: Azure): Above {
  return new Above({
    of: 'Azure Resource Graph',
    what: 'management groups',
    remedy: 'Assign the role Drawbridge operator (management groups) (manifests/azure) to the subscriptions.',
    read: () => readUnits(azure),
    siteOf: ({ id }) => part(id, 'subscriptions'),
    clock: azure,
    log: azure.log,
    warning: 'the management groups of subscriptions could not be read',
  });
}

function contextOf(settings: AzureSettings, deps: AzureDeps, callMs: number): Azure {
  const pause = deps.pause ?? ((ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }));
  return {
    marks: deps.marks,
    installation: deps.installation,
    log: deps.log,
    now: () => deps.now(),
    subscriptions: subscriptionsOf(settings, callMs, { now: deps.now, pause }, deps),
    pause,
    turns: new Turns(),
  };
}
