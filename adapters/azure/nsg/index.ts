import { providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Opened } from '../../../src/ports/cloud.ts';
import { nowAt } from '../arm/context.ts';
import { groupsBefore } from '../arm/interfaces.ts';
import { locationNow } from '../arm/location.ts';
import type { Backend, SeenPresent } from '../backend.ts';
import { NO_FIREWALLS } from '../firewall/in-front.ts';
import { close } from './close.ts';
import { locate } from './locate.ts';
import { lockDown, planLockdown, planPutBack, putBack } from './lockdown.ts';
import { missingIn, openMissing } from './missing.ts';
import { BACKEND } from './names.ts';
import { rulesAt } from './observe.ts';
import { openOne } from './open.ts';
import { rulesFound } from './patrol.ts';
import { protect, protectionIn, unprotect } from './protection.ts';
import { remove } from './remove.ts';

/** Rules of our own in network security groups: a deny for each protected port, an allow before it for each lease. */
export const nsg: Backend = {
  writes: [BACKEND],
  begin: async (azure, { machine, placements }) => {
    const protection = ({ groups, vm }: SeenPresent) => protectionIn(groups, vm, azure.installation);
    return {
      rules: async (seen) => rulesAt(azure, machine, seen, placements),
      protection,
      edits: ({ vm }) => locationNow(vm).groups.map((id) => ({ id, endsBy: 'write' })),
      locate: async (seen, rules) => {
        return rules.map((rule) => locate(seen, rule));
      },
    };
  },
  firewalls: async () => NO_FIREWALLS,
  async open(azure, openings, allowed) {
    const opened: Opened[] = [];
    for (const one of openings) opened.push(await openOne(azure, one, allowed));
    return opened;
  },
  close,
  onlyRemoves: () => true,
  remove,
  patrolSite: (azure, survey, signal) => rulesFound(azure, survey, nowAt(azure, survey.site), signal),
  patrolAll: async function* () {},
  missing: (azure, { network }, signal) => missingIn(azure, network, signal),
  openMissing,
  protections:
    async (azure, { network }) =>
    (machine) => {
      const nics = network.nics.get(machine) ?? [];
      return protectionIn(groupsBefore(network, nics), { nics }, azure.installation)?.ports;
    },
  protect,
  unprotect,
  protectKey: async (_, machine) => machine,
  planLockdown: (azure, { vm, ports }, signal) => planLockdown(azure, vm, ports, signal),
  lockDown: (azure, { vm, ports }, signal) => lockDown(azure, vm, ports, signal),
  planPutBack,
  putBack,
  requestScope: async (_, machine) => providerIdOf(machine),
  check: async () => undefined,
};
