import { JitError } from '../../core/errors/errors.ts';
import { plain } from '../../core/language/text.ts';
import { parseMachineId } from '../../core/machine/machine.ts';
import type { Person } from '../../core/people/person.ts';
import { stepUpOf } from '../../core/policy/step-up.ts';
import type { Deps } from '../deps.ts';
import { protect } from '../protect/protect.ts';
import { protectedLines } from '../protect/text.ts';
import { revoke } from '../request/end.ts';
import { actorIn, type Seat } from './seat.ts';

const LONGEST_REASON = 500;

/** Close now, as `/jit revoke` does. What ends access waits for no directory. */
export async function closeOn(deps: Deps, seat: Seat, id: string, reason: string): Promise<string> {
  const person = await actingIn(deps, seat, 'last');
  await mayClose(deps, seat, id);
  const because = reason.trim().slice(0, LONGEST_REASON);
  const { machineName } = await revoke(asActing(deps, seat), person, id, because === '' ? undefined : because);
  return `Access to ${machineName} is being closed.`;
}

/** Protect at the usual ports, as `/jit protect … usual leaving` does: rules of others stay, which is said. */
export async function protectOn(deps: Deps, seat: Seat, machine: string): Promise<string> {
  const person = await actingIn(deps, seat, 'now');
  await mustBeFresh(deps, seat, deps.rules.policies);
  if (parseMachineId(machine) === undefined) throw new JitError('missingMachine');
  const ask = { which: [machine], standing: 'leave' as const };
  const result = await protect(asActing(deps, seat), ask, { ...actorIn(seat), person });
  // One machine, and nothing of others is touched: there is no page to agree to.
  if ('page' in result) throw new Error('protecting asks for a page');
  const [failed] = result.failed;
  if (failed) throw failed.error;
  return result.done
    .flatMap((state) => protectedLines(deps, state))
    .map(plain)
    .join(' ');
}

/** Their own access anybody ends as they are. What is not known to need more is closed. */
async function mayClose(deps: Deps, seat: Seat, id: string): Promise<void> {
  const { request } = await deps.store.load(id);
  if (!request || request.requester.id === seat.person.id) return;
  const policies = deps.rules.policies.filter(({ name }) => request.policies.includes(name));
  await mustBeFresh(deps, seat, policies);
}

/** A session lasts for hours in a browser that somebody may have left: where a policy demands `signIn`, it does not act for others alone. Throws `boardAnew`. */
async function mustBeFresh(deps: Deps, seat: Seat, policies: Deps['rules']['policies']): Promise<void> {
  if (stepUpOf(policies) !== 'signIn') return;
  if ((await deps.store.now()).at >= seat.freshUntil) throw new JitError('boardAnew');
}

/** Throws `boardReads` for a session that only reads, and `boardOver` where its person may do nothing any more. */
async function actingIn(deps: Deps, seat: Seat, freshness: 'now' | 'last'): Promise<Person> {
  if (!seat.viewer.mayAct) throw new JitError('boardReads');
  const person = await deps.directory.person(seat.chat, seat.account, freshness);
  if (!person || person.disabled) throw new JitError('boardOver');
  return person;
}

/** A spread would keep the rules and the directory of this moment, which is what one act needs. */
function asActing(deps: Deps, seat: Seat): Deps {
  return { ...deps, acting: actorIn(seat) };
}
