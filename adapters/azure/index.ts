import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { providerIdOf } from '../../src/core/machine/machine.ts';
import type { MarkSigner } from '../../src/core/rule/mark.ts';
import type { Assessor } from '../../src/ports/assessor.ts';
import type { Bastions } from '../../src/ports/bastions.ts';
import type { CloudAdapter, Opened, Protector } from '../../src/ports/cloud.ts';
import type { Entitlement } from '../../src/ports/entitlement.ts';
import type { Lockdown } from '../../src/ports/lockdown.ts';
import type { Log } from '../../src/ports/log.ts';
import { type AzureSettings, subscriptionsOf } from './arm/clients.ts';
import { type Azure, siteOf } from './arm/context.ts';
import { Inventory } from './arm/inventory.ts';
import { urgently } from './arm/quotas.ts';
import { assess } from './assess.ts';
import { bastionFor } from './bastion.ts';
import { close } from './defender/close.ts';
import { locate } from './defender/locate.ts';
import { openOne } from './defender/open.ts';
import { entitlementOf } from './entitlement/entitlement.ts';
import { close as closeOnFirewalls } from './firewall/close.ts';
import * as firewall from './firewall/lease.ts';
import { BACKEND as FIREWALL } from './firewall/names.ts';
import { lockDown, planLockdown, putBack } from './lockdown.ts';
import * as nsg from './nsg/lease.ts';
import { BACKEND as NSG } from './nsg/names.ts';
import { look, observe } from './observe.ts';
import { patrol } from './patrol.ts';
import { protect, protectKey, Rows, unprotect } from './protect.ts';

export type { AzureSettings } from './arm/clients.ts';

export interface AzureDeps {
  readonly marks: MarkSigner;
  /** The name of this installation. */
  readonly installation: string;
  readonly log: Log;
  /** The process clock, for what is kept a while only. */
  now(): number;
  /** Waits between two readings; a timer unless told. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const CALL_MS = 5 * SECOND_MS;
/** Resource Manager promises nothing about reads after writes of another provider. */
const READ_LAG_MS = 10 * SECOND_MS;

export type AzureAdapter = CloudAdapter & Protector & Lockdown & Assessor & Bastions & Partial<Entitlement>;

/**
 * Azure in all subscriptions of the settings, through Defender for Cloud's just-in-time policies. Throws `badConfig` for
 * a certificate that cannot be read.
 */
export function azureAdapter(settings: AzureSettings, deps: AzureDeps): AzureAdapter {
  const { callMs = CALL_MS } = settings;
  const pause = deps.pause ?? ((ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }));
  const azure: Azure = {
    marks: deps.marks,
    installation: deps.installation,
    log: deps.log,
    now: () => deps.now(),
    subscriptions: subscriptionsOf(settings, callMs, { now: deps.now, pause }),
    pause,
  };
  const inventory = new Inventory(azure);
  const rows = new Rows();
  return {
    cloud: 'azure',
    // Defender may write the rule of a request again until the request's own end.
    limits: { callMs, readLagMs: READ_LAG_MS, returnsUntilEnd: true },
    machines: (signal) => inventory.machines(signal),
    look: (machine, signal) => look(azure, machine, signal),
    async locate(rules, signal) {
      const [first] = rules;
      if (!first) return [];
      const { backend } = siteOf(azure, providerIdOf(first.machine));
      return backend === NSG ? firewall.locate(azure, rules, signal) : locate(azure, rules, signal);
    },
    observe: (machine, placements, signal) => observe(azure, machine, placements, signal),
    async open(openings, signal, beforeCall) {
      const allowed = { signal, beforeCall };
      const opened: Opened[] = [];
      for (const [backend, those] of Map.groupBy(openings, ({ placement }) => placement.backend)) {
        // A firewall takes minutes for a change: all of them go in one.
        if (backend === FIREWALL) opened.push(...(await firewall.open(azure, those, allowed)));
        else for (const one of those) opened.push(await (backend === NSG ? nsg.openOne : openOne)(azure, one, allowed));
      }
      return opened;
    },
    async close(placements, signal, beforeCall) {
      const allowed = { signal, beforeCall };
      const closers: Readonly<Record<string, typeof close>> = { [NSG]: nsg.close, [FIREWALL]: closeOnFirewalls };
      const done = await Promise.allSettled(
        [...Map.groupBy(placements, ({ backend }) => backend)].map(([backend, those]) =>
          urgently(() => (closers[backend] ?? close)(azure, those, allowed)),
        ),
      );
      const failed = done.find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
    },
    patrol: (signal) => patrol(azure, signal),
    async check(signal) {
      await Promise.all(
        azure.subscriptions.map((site) =>
          site.read(signal, async ({ compute, security }, options) => {
            await compute.virtualMachines.listAll(options).next();
            if (site.backend !== NSG) await security.jitNetworkAccessPolicies.list(options).next();
          }),
        ),
      );
    },
    protect: (machine, protection, signal) => protect(azure, rows, machine, protection, signal),
    unprotect: (machine, signal, ports) => unprotect(azure, rows, machine, signal, ports),
    protectKey: (machine, signal) => protectKey(azure, machine, signal),
    planLockdown: ({ machine, ports }, signal) => planLockdown(azure, machine, ports, signal),
    lockDown: ({ machine, ports }, _, signal) => lockDown(azure, machine, ports, signal),
    putBack: (which, _, signal) => putBack(azure, which, signal),
    bastion: (machine, signal) => bastionFor(azure, machine, signal),
    ...(settings.entitlement === 'rbac' ? entitlementOf(azure) : {}),
    assess: (signal) => assess(azure, signal),
  };
}
