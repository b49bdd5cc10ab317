import type { Actor, Capacity } from '../../core/audit/entry.ts';
import { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import { type Machine, providerIdOf } from '../../core/machine/machine.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import { decidersOf, ownersTags } from '../../core/policy/approval.ts';
import { meansMachine } from '../../core/policy/machines.ts';
import { policiesFor } from '../../core/policy/policy.ts';
import { isOneOf } from '../../core/policy/stage.ts';
import { type Stray, type Strays, strayId } from '../../core/request/stray.ts';
import { portText } from '../../core/rule/port.ts';
import { placementKey } from '../../core/rule/rule.ts';
import { sourceText } from '../../core/rule/source.ts';
import { act } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { converge } from '../machine/converge.ts';
import { inventory } from '../machine/inventory.ts';
import { type Closer, isSecurity } from '../request/end.ts';

const MOST_SHOWN = 20;

/** A rule without a record, with its machine as far as that is there. */
interface Known {
  readonly stray: Stray;
  readonly machine: Machine | undefined;
}

/**
 * What is to be said of rules without a record: `lines` of those there are, and why it cannot be said that nothing else is open.
 *
 * @param most so many are named: whoever cuts the lines counts what is left out, and is given all
 */
export async function strayNews(
  deps: Deps,
  person: Person | 'everybody',
  most = MOST_SHOWN,
): Promise<{ readonly lines: readonly Line[]; readonly unsaid: Line | undefined }> {
  const found = await deps.store.strays();
  const all = await known(deps, found);
  // As a rule there is none, and then the time matters to nobody.
  const at = all.length === 0 ? 0 : (await deps.store.now()).at;
  const own = all.filter(
    ({ stray, machine }) => stray.until > at && (person === 'everybody' || concerns(deps, person, machine)),
  );
  return { lines: linesOf(own, most), unsaid: unsaidOf(found) };
}

function linesOf(own: readonly Known[], most: number): readonly Line[] {
  if (own.length === 0) return [];
  const isUnreadable = own.some(({ stray }) => stray.unreadable !== undefined);
  const lost = isUnreadable ? say`Drawbridge lost it, or this version cannot read it` : say`Drawbridge lost it`;
  const more = own.length > most ? [[say`… and ${own.length - most} more.`]] : [];
  return [
    [
      own.length === 1
        ? say`A rule that bears Drawbridge’s mark is open without a record: ${lost}. Approvers can close it now with \`/jit revoke <id>\`; it cannot be extended.`
        : say`${own.length} rules that bear Drawbridge’s mark are open without a record: ${lost}. Approvers can close one now with \`/jit revoke <id>\`; it cannot be extended.`,
    ],
    ...own.slice(0, most).map(lineOf),
    ...more,
  ];
}

function unsaidOf(found: Strays | undefined): Line | undefined {
  if (found?.isWhole && found.count === found.rules.length) return undefined;
  return [
    found
      ? say`Drawbridge could not read everything in the clouds: a rule that it has no record of may be open there.`
      : say`Drawbridge has not finished a look at the clouds lately: a rule that it has no record of may be open there.`,
  ];
}

/** The rule that is called so; undefined where none is. */
export async function strayCalled(deps: Deps, typed: string): Promise<Stray | undefined> {
  const found = await deps.store.strays();
  return found?.rules.find((stray) => strayId(stray) === typed.toLowerCase());
}

/** Closes it now: whoever decides on the machine under some policy, protects machines, or closes anything. Gives what to say. */
export async function closeStray(deps: Deps, closer: Closer, stray: Stray, words?: string): Promise<Line> {
  const { machine: id, port, source } = stray.placement.rule;
  const about = {
    by: actingFor(deps, closer),
    as: strayCapacity(deps, closer),
    machine: id,
    ports: [port],
    source,
    until: stray.until,
    ...(words === undefined ? {} : { words }),
    why: `its record was lost (${stray.placement.backend} ${stray.placement.at})`,
  };
  const machine = (await known(deps, await deps.store.strays())).find(
    (one) => one.stray.placement.rule.machine === id,
  )?.machine;
  if ('id' in closer && !mayClose(deps, closer, machine))
    throw new JitError('notYours', { who: say`whoever decides on this machine` });
  await act(deps, { event: 'close found', ...about }, async (closing) => {
    await closing.beginAnyway();
    await converge(deps, id, answerInTime(), [stray.placement]);
  });
  await forget(deps, stray);
  return [say`Closed: ${nameOf({ stray, machine })}, ${portText(port)} from ${sourceText(source)}.`];
}

/** Who closes, with the account that they speak through. */
export function actingFor({ acting }: Deps, closer: Closer): Actor {
  return acting ?? ('id' in closer ? { person: { id: closer.id, name: closer.name } } : closer);
}

function strayCapacity(deps: Deps, closer: Closer): Capacity {
  if (!('id' in closer)) return 'commandLine';
  return isSecurity(deps, closer) ? 'security' : 'approver';
}

async function forget(deps: Deps, stray: Stray): Promise<void> {
  const found = await deps.store.strays();
  if (!found) return;
  const rules = found.rules.filter(({ placement }) => placementKey(placement) !== placementKey(stray.placement));
  await deps.store.keepStrays({ ...found, rules, count: found.count - (found.rules.length - rules.length) });
}

/** The rules of the last patrol. Without the lists of machines they are still there, and are those of protectors alone. */
async function known(deps: Deps, found: Strays | undefined): Promise<readonly Known[]> {
  const { rules = [] } = found ?? {};
  if (rules.length === 0) return [];
  const machines = await inventory(deps, answerInTime()).catch(() => ({ all: [] }));
  const byId = new Map(machines.all.map((machine) => [machine.id, machine]));
  return rules.map((stray) => ({ stray, machine: byId.get(stray.placement.rule.machine) }));
}

function concerns(deps: Deps, person: Person, machine: Machine | undefined): boolean {
  if (mayClose(deps, person, machine)) return true;
  return machine !== undefined && policiesFor(deps.rules.policies, person, machine).length > 0;
}

/** Whose manager may decide is not known: who requested it is not. */
function mayClose({ rules }: Deps, person: Person, machine: Machine | undefined): boolean {
  if (isMeant(person, rules.protectors) || isMeant(person, rules.security)) return true;
  if (!machine) return false;
  const own = rules.policies.filter((policy) => meansMachine(policy.machines, machine));
  const nobody = { id: '', name: '', groups: [] };
  return isOneOf(person, decidersOf(own), {
    requester: nobody,
    tags: ownersTags(machine, own),
    onCall: new Map(),
    now: 0,
  });
}

function lineOf(known: Known): Line {
  const { placement, until, unreadable } = known.stray;
  const { port, source } = placement.rule;
  return [
    say`\`${strayId(known.stray)}\`  ${nameOf(known)}  ${portText(port)} from ${sourceText(source)} — open until ${{ at: until }} by its mark${unreadable === undefined ? '' : say`; the record of \`${unreadable}\` cannot be read by this version`}`,
  ];
}

function nameOf({ stray, machine }: Known): string {
  return machine?.name ?? providerIdOf(stray.placement.rule.machine);
}
