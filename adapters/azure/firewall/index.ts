import { JitError } from '../../../src/core/errors/errors.ts';
import { providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Backend } from '../backend.ts';
import { close } from './close.ts';
import { firewallsBefore } from './in-front.ts';
import { locate } from './locate.ts';
import { lockDown, planLockdown, planPutBack, putBack } from './lockdown.ts';
import { BACKEND } from './names.ts';
import { rulesAt } from './observe.ts';
import { open } from './open.ts';
import { rulesFound } from './patrol.ts';
import { protect, protectionIn, unprotect } from './protection.ts';
import { remove } from './remove.ts';

/**
 * Rules of our own on the Azure Firewall in front of a machine, classic or of a policy, and in the groups behind it. What of
 * a machine without groups is protected is noted there too.
 */
export const firewall: Backend = {
  writes: [BACKEND],
  begin: async (azure, asked) => ({
    rules: (seen, signal) => rulesAt(azure, asked, seen, signal),
    protection: protectionIn,
    edits: () => [],
    locate: async ({ vm, firewalls }, rules) => rules.map((rule) => locate(vm, firewalls, rule)),
  }),
  firewalls: firewallsBefore,
  open,
  close,
  // Its rules are written as a whole list.
  onlyRemoves: () => false,
  remove,
  patrolSite: async () => [],
  patrolAll: rulesFound,
  missing: async function* () {},
  openMissing: async () => undefined,
  protections: async () => () => undefined,
  async protect(azure, vm, protection, signal) {
    const firewalls = await firewallsBefore(azure, vm, signal);
    if (firewalls.size === 0) throw new JitError('notProtectable', { machine: vm.machine.name });
    await protect(azure, { vm, firewalls }, protection, signal);
  },
  unprotect: async (azure, vm, ports, signal) =>
    unprotect(azure, { vm, firewalls: await firewallsBefore(azure, vm, signal) }, ports, signal),
  protectKey: async (_, machine) => machine,
  planLockdown: async (azure, { vm, ports }, signal) =>
    planLockdown(azure, { vm, firewalls: await firewallsBefore(azure, vm, signal) }, ports),
  lockDown: async (azure, { vm, ports }, signal) =>
    lockDown(azure, { vm, firewalls: await firewallsBefore(azure, vm, signal) }, ports, signal),
  planPutBack: async (azure, vm, ports, signal) =>
    planPutBack(azure, { vm, firewalls: await firewallsBefore(azure, vm, signal) }, ports),
  putBack: async (azure, vm, ports, signal) =>
    putBack(azure, { vm, firewalls: await firewallsBefore(azure, vm, signal) }, ports, signal),
  requestScope: async (_, machine) => providerIdOf(machine),
  check: async () => undefined,
};
