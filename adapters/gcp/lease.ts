import { JitError } from '../../src/core/errors/errors.ts';
import { unprotected } from '../../src/core/machine/protection.ts';
import { samePort } from '../../src/core/rule/port.ts';
import type { Placement, Rule } from '../../src/core/rule/rule.ts';
import { type Allowed, allowedUntil } from '../../src/kit/call.ts';
import { allOf, outcomesOf } from '../../src/kit/outcome.ts';
import { pollUntil } from '../../src/kit/poll.ts';
import type { Opened, Opening } from '../../src/ports/cloud.ts';
import type { MayGo } from '../../src/ports/remover.ts';
import type { Gcp } from './context.ts';
import { refused } from './errors.ts';
import { findVm, mustBeConfigured, readVm, refOf } from './machines.ts';
import { readProtection } from './protection.ts';
import {
  bodyFor,
  deleteRule,
  foundRule,
  insertRule,
  isAlike,
  patchRule,
  placementOn,
  readRule,
  spotOf,
  type VpcRule,
} from './rules.ts';

/** Reads after a change that was done lag by seconds at most. */
const BACK = { tries: 5, betweenMs: 1_000 };

/** Where each rule goes. Writes nothing. */
export function locate(gcp: Gcp, rules: readonly Rule[], signal: AbortSignal): Promise<readonly Placement[]> {
  return allOf(rules, async (rule) => {
    const vm = await readVm(gcp, rule.machine, signal);
    const { name } = vm.machine;
    const protection = await readProtection(gcp, vm, signal);
    if (!protection?.ports.some(({ port }) => samePort(port, rule.port)))
      throw unprotected(name, rule.port, protection);
    const placement = placementOn(gcp, vm.nics, rule);
    if (!placement) throw new JitError('machineUnreachable', { machine: name });
    if (!gcp.settings.projects.includes(spotOf(gcp, placement).project)) throw refused('hostProjectNotConfigured');
    return placement;
  });
}

export async function open(gcp: Gcp, openings: readonly Opening[], allowed: Allowed): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  for (const one of openings) opened.push(await openOne(gcp, one, allowed));
  return opened;
}

/** Reads first, then inserts, or writes a new mark; what was edited into something else is made anew. */
async function openOne(gcp: Gcp, opening: Opening, allowed: Allowed): Promise<Opened> {
  const { placement } = opening;
  const { signal } = allowed;
  const { project, name } = spotOf(gcp, placement);
  await mustBear(gcp, placement, signal);
  const body = bodyFor(gcp, opening);
  const before = await readRule(gcp, project, name, signal);
  const given = { placement: { ...placement, id: name } };
  if (!before && (await insertRule(gcp, project, body, allowed))) {
    await readBack(gcp, placement, (rule) => rule?.description === body.description, signal);
    return { ...given, outcome: 'opened' };
  }
  // Its name is taken: by a call whose reply was lost, and which may take effect only now.
  const found = before ?? (await readBack(gcp, placement, (rule) => rule !== undefined, signal));
  if (found && isAlike(found, body) && isMarkRight(gcp, opening, found)) return { ...given, outcome: 'present' };
  if (found && isAlike(found, body)) {
    await patchRule(gcp, { project, name }, { description: body.description, disabled: false }, allowed);
  } else {
    await deleteRule(gcp, project, name, allowed);
    await insertRule(gcp, project, body, allowed);
  }
  await readBack(gcp, placement, (rule) => rule?.description === body.description, signal);
  return { ...given, outcome: 'remarked' };
}

function isMarkRight(gcp: Gcp, { placement, until }: Opening, found: VpcRule): boolean {
  const { project } = spotOf(gcp, placement);
  const { mark, until: known } = foundRule(gcp, project, found, placement.rule.machine);
  return mark === 'valid' && known === until;
}

/** An address that another machine has got by now is not opened: it would let somebody into that one. */
async function mustBear(gcp: Gcp, placement: Placement, signal: AbortSignal): Promise<void> {
  mustBeConfigured(gcp, refOf(placement.rule.machine).project);
  const vm = await findVm(gcp, placement.rule.machine, signal);
  if (!vm) throw new JitError('machineGone', { machine: placement.rule.machine });
  const now = placementOn(gcp, vm.nics, placement.rule);
  const isBorne = vm.nics.some((nic) =>
    [nic.ipv4, nic.ipv6].some((address) => `${nic.project}/${nic.network}/${address}` === placement.at),
  );
  if (now?.at !== placement.at && !isBorne) throw refused('addressMoved');
}

/** Takes rules away by their names; the machine need not exist. Resolves once they are read as gone. */
export async function close(gcp: Gcp, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  await allOf(placements, async (placement) => {
    const { project, name } = spotOf(gcp, placement);
    await deleteRule(gcp, project, name, allowed);
    await readBack(gcp, placement, (rule) => rule === undefined, allowed.signal);
  });
}

function readBack(
  gcp: Gcp,
  placement: Placement,
  isRight: (rule: VpcRule | undefined) => boolean,
  signal: AbortSignal,
): Promise<VpcRule | undefined> {
  const { project, name } = spotOf(gcp, placement);
  return pollUntil<VpcRule | undefined>({ ...BACK, signal }, gcp, async () => {
    const rule = await readRule(gcp, project, name, signal);
    if (isRight(rule)) return { done: rule };
    return { notYet: new JitError('cloudBusy', { cloud: 'Google Cloud' }) };
  });
}

/** What the lifeboat does: reads each again, and takes away what may go. A delete only ever removes. */
export async function remove(
  gcp: Gcp,
  placements: readonly Placement[],
  mayGo: MayGo,
  signal: AbortSignal,
): Promise<readonly Placement[]> {
  const { done, failed } = await outcomesOf(placements, async (placement) => {
    const { project, name } = spotOf(gcp, placement);
    const rule = await readRule(gcp, project, name, signal);
    if (!rule) return [];
    const cloudNow = gcp.client.cloudNow();
    const found = foundRule(gcp, project, rule, placement.rule.machine);
    if (!mayGo({ ...found, ...(cloudNow === undefined ? {} : { cloudNow }) })) return [];
    return (await deleteRule(gcp, project, name, allowedUntil(signal))) ? [placement] : [];
  });
  const [first] = failed;
  if (first) throw first.error;
  return done.flatMap(({ value }) => value);
}
