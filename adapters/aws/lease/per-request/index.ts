import type { LeaseStrategy } from '../strategy.ts';
import { close, tidy } from './close.ts';
import { BACKEND, isAttached, isGroup, placementIn, readNamed } from './group.ts';
import { locate } from './locate.ts';
import { open } from './open.ts';

/** A security group for each machine and source, made for a lease and deleted with it. */
export const perRequest: LeaseStrategy = {
  backend: BACKEND,
  makesGroups: true,
  isGroup,
  placementIn: (where, { name }, rule) => placementIn(where, name, rule),
  async idOf(site, group, signal) {
    return (await readNamed(site, group, signal))?.GroupId;
  },
  locate,
  open,
  close,
  // It writes the list of an interface's groups.
  onlyRemoves: false,
  isInForce: isAttached,
  tidy,
};
