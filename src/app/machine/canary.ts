import { JitError } from '../../core/errors/errors.ts';
import { againstProtection } from '../../core/machine/protection.ts';
import { isMeant } from '../../core/people/person.ts';
import { type DrillRules, isSandbox, tagText } from '../../core/policy/drill.ts';
import { againstRefusals } from '../../core/policy/judge.ts';
import { isInForce, placementsOf, type Request } from '../../core/request/request.ts';
import { samePort } from '../../core/rule/port.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';
import { cannotTell, type Judgement } from '../request/judgement.ts';

/** So many open requests are looked through. */
const MOST_OPEN = 100_000;

type Wanted = Pick<Request, 'requester' | 'machineName' | 'identity' | 'ports' | 'source' | 'forMs'>;

/**
 * What the lease of a drill is judged by, in place of policies and approvals: it is just what the settings say, on a machine that
 * bears the tag now, by somebody whom `security` means. Policies that refuse hold all the same.
 */
export async function judgeCanary(
  deps: Deps,
  request: Wanted,
  read: () => Promise<MachineState>,
): Promise<Pick<Judgement, 'unsatisfied' | 'failed' | 'missing' | 'voided'>> {
  const nothing = { missing: [], voided: [], failed: [] };
  const { drill: rules, security } = deps.rules;
  const person = await deps.directory.byId(request.requester.id);
  if (!rules || !isAsSet(rules, request)) return { ...nothing, unsatisfied: [new JitError('drillNotSet')] };
  if (!person || !isMeant(person, security)) return { ...nothing, unsatisfied: [new JitError('notSecurity')] };
  const [state, { at: now }] = await Promise.all([read(), deps.store.now()]);
  const { ports, source, forMs } = request;
  const wish = { person, machine: state.machine, ports, source, isBastion: false, forMs, cutsSessions: false, now };
  const against = [...againstCanary(rules, request, state), ...againstRefusals(deps.rules.refusals ?? [], wish)];
  return {
    ...nothing,
    unsatisfied: against.filter((error) => !cannotTell(error)),
    failed: against.filter(cannotTell),
  };
}

function againstCanary(
  rules: DrillRules,
  { machineName, identity, ...exposure }: Wanted,
  { machine, protection, identity: now, against = [] }: MachineState,
): readonly JitError[] {
  return [
    ...(isSandbox(rules, machine) ? [] : [new JitError('notSandbox', { machine: machineName, tag: tagText(rules) })]),
    ...(identity === undefined || identity === now ? [] : [new JitError('machineReplaced', { machine: machineName })]),
    ...againstProtection(protection, machineName, exposure),
    ...against,
  ];
}

function isAsSet({ port, source, forMs }: DrillRules, wanted: Wanted): boolean {
  const [own, ...more] = wanted.ports;
  return (
    own !== undefined && more.length === 0 && samePort(own, port) && wanted.source === source && wanted.forMs <= forMs
  );
}

/** Access of others, on the machine or behind these locks: whoever is killed with them would hold it up. Throws `sandboxInUse`. */
export async function mustBeAlone(
  deps: Deps,
  { id, machine, machineName }: Pick<Request, 'machine' | 'machineName'> & { readonly id?: string },
  locks: readonly string[],
): Promise<void> {
  const open = await deps.store.find({ by: 'state', which: 'open' }, MOST_OPEN);
  const others = open.filter(
    (one) =>
      one.id !== id &&
      (isInForce(one) || one.status === 'closing') &&
      (one.machine === machine ||
        placementsOf(one).some((placement) => placement.locks.some((lock) => locks.includes(lock)))),
  );
  if (others.length > 0) throw new JitError('sandboxInUse', { machine: machineName, count: others.length });
}
