import type { LeaseStrategy } from '../strategy.ts';
import { close } from './close.ts';
import { BACKEND, isGroup, placementIn } from './group.ts';
import { locate } from './locate.ts';
import { open } from './open.ts';

/** A rule for each port and source in the machine's own group: one call to open and one to close. */
export const dedicated: LeaseStrategy = {
  backend: BACKEND,
  makesGroups: false,
  isGroup,
  placementIn: (where, { id }, rule) => placementIn(where, id, rule),
  async idOf(_, group) {
    return group;
  },
  locate,
  open,
  close,
  onlyRemoves: true,
  isInForce: () => true,
  async tidy() {},
};
