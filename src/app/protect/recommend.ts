import { JitError } from '../../core/errors/errors.ts';
import { DAY_MS, type Instant } from '../../core/language/instant.ts';
import type { AssessedMachine } from '../../core/machine/assessment.ts';
import { CLOUD_NAMES, type MachineId } from '../../core/machine/machine.ts';
import type { UnservedMachine } from '../../core/machine/match.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import { reportOf, type Survey, type Usage } from '../../core/view/recommendation.ts';
import type { Report } from '../../core/view/report.ts';
import type { Approval } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';

/** Lists of whole subscriptions and accounts take their time. */
const ASSESS_MS = 45_000;
/** As many as the store keeps for some weeks of a busy house. */
const MOST_APPROVALS = 5_000;
const OF_LATE_MS = 7 * DAY_MS;

/** `/jit recommend`, for whoever may protect machines. */
export async function recommend(deps: Deps, person: Person): Promise<Report> {
  if (!isMeant(person, deps.rules.protectors)) throw new JitError('notProtector');
  return reportOf(await survey(deps, AbortSignal.timeout(ASSESS_MS)));
}

/** All machines of all clouds with what is to be said of them. A cloud that does not answer is named, unless all of them fail. */
export async function survey(deps: Deps, signal: AbortSignal): Promise<Survey> {
  const clouds = [...deps.clouds.values()].filter((cloud) => cloud.assess !== undefined);
  const [answers, approvals, now] = await Promise.all([
    Promise.allSettled(clouds.map(async (cloud) => cloud.assess?.(signal))),
    deps.store.approvals(MOST_APPROVALS),
    deps.store.now(),
  ]);
  const machines: AssessedMachine[] = [];
  const unread: string[] = [];
  const unserved: UnservedMachine[] = [];
  const leftovers: string[] = [];
  const errors: unknown[] = [];
  for (const [i, { cloud }] of clouds.entries()) {
    const answer = answers[i];
    if (!answer) continue;
    if (answer.status === 'fulfilled') {
      machines.push(...(answer.value?.machines ?? []));
      unread.push(...(answer.value?.unread ?? []));
      unserved.push(...(answer.value?.unserved ?? []));
      leftovers.push(...(answer.value?.leftovers ?? []));
      continue;
    }
    deps.log.warn({ cloud, error: answer.reason }, 'the machines of a cloud could not be assessed');
    unread.push(CLOUD_NAMES[cloud]);
    errors.push(answer.reason);
  }
  if (errors.length > 0 && errors.length === clouds.length) throw errors[0];
  const { protections = [] } = deps.rules;
  return { machines, unread, unserved, leftovers, usage: await usageOf(deps, approvals, now.at), protections };
}

async function usageOf(
  deps: Deps,
  approvals: readonly Approval[],
  now: Instant,
): Promise<ReadonlyMap<MachineId, Usage>> {
  const usage = new Map<MachineId, Usage>();
  for (const [machine, own] of Map.groupBy(approvals, (approval) => approval.machine)) {
    // They come newest first.
    const [last] = own;
    if (!last) continue;
    const person = await deps.directory.byId(last.person, 'last');
    usage.set(machine, {
      inSevenDays: own.filter(({ at }) => at > now - OF_LATE_MS).length,
      last: last.at,
      by: { id: last.person, name: person?.name ?? last.person },
    });
  }
  return usage;
}
