import { JitError } from '../../core/errors/errors.ts';
import { type Instant, MINUTE_MS } from '../../core/language/instant.ts';
import type { MachineId } from '../../core/machine/machine.ts';
import { failed } from '../../core/request/closing.ts';
import { followed, reattached, spread } from '../../core/request/life.ts';
import { reattachedAt } from '../../core/request/repair.ts';
import type { Active } from '../../core/request/request.ts';
import { samePort } from '../../core/rule/port.ts';
import type { Rule } from '../../core/rule/rule.ts';
import type { Cloud } from '../../ports/cloud.ts';
import type { Misplaced } from '../../ports/places.ts';
import { act } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { commit } from '../machine/commit.ts';
import { notNow } from '../machine/not-now.ts';

/** A reading may be older than the putting back: one of two minutes was seen (hashicorp/terraform, pull request 6325). */
const OLD_MS = 2 * MINUTE_MS;
/** How long others who edit the same are waited for. */
const WAIT_MS = 3_000;

/**
 * Looks where the groups are that rules stand in, as the patrol looks at the rules. One that was taken off its machine while
 * somebody has access is put back once, and one that was put in front of the machine meanwhile gets the rules once; the second time that access ends, and says why. One that is on something else too is
 * taken off there where the settings say so; else access through it ends, since it opens what nobody asked for.
 */
export async function patrolPlaces(
  deps: Deps,
  cloud: Cloud,
  signal: AbortSignal,
  only?: readonly MachineId[],
): Promise<void> {
  try {
    for await (const found of cloud.misplaced?.(signal, only) ?? []) await settle(deps, cloud, found, signal);
  } catch (error) {
    deps.log.error({ cloud: cloud.cloud, error }, 'the patrol could not see where all security groups are');
  }
}

async function settle(deps: Deps, cloud: Cloud, found: Misplaced, signal: AbortSignal): Promise<void> {
  const { machine, name, by, what, error } = found;
  const { requests, now } = await deps.store.liveOn(machine);
  const leases = requests.filter((request): request is Active => request.status === 'active' && isIn(request, found));
  // One that is being opened or closed is on its way.
  const isOnItsWay = requests.some(({ status }) => status === 'activating' || status === 'closing');
  if (what !== 'elsewhere' && leases.length === 0 && (isOnItsWay || found.only)) return;
  // Putting back opens.
  if (what !== 'elsewhere' && (await notNow(deps, now))) return;
  const fields = { cloud: cloud.cloud, machine, group: name, by, requests: leases.map(({ id }) => id) };
  deps.log.warn(fields, WORDS[what]);
  try {
    if (what !== 'elsewhere') await putBack(deps, cloud, { found, leases, now: now.at }, signal);
    else if (found.isRepairable) await putRight(deps, cloud, found, signal);
    else await end(deps, leases, error);
  } catch (cause) {
    signal.throwIfAborted();
    deps.log.error({ ...fields, error: cause }, 'a security group could not be put right; the next patrol tries again');
    // Waiting helps where somebody is busy, and nowhere else.
    if (cause instanceof JitError && cause.kind !== 'busy' && cause.kind !== 'unjudged') await end(deps, leases, error);
  }
}

const WORDS = {
  takenOff: 'a security group was taken off its machine',
  elsewhere: 'a security group is on something else than its machine too',
  missing: 'a group in front of a machine lacks the rule of an access',
} as const satisfies Record<Misplaced['what'], string>;

function isIn({ lease }: Active, { at, only }: Misplaced): boolean {
  return lease.placements.some(
    (placement) => placement.at === at && (only === undefined || isSame(placement.rule, only)),
  );
}

function isSame(one: Rule, other: Rule): boolean {
  return one.machine === other.machine && one.source === other.source && samePort(one.port, other.port);
}

interface TakenOff {
  readonly found: Misplaced;
  readonly leases: readonly Active[];
  readonly now: number;
}

async function putBack(deps: Deps, cloud: Cloud, { found, leases, now }: TakenOff, signal: AbortSignal): Promise<void> {
  const again = leases.filter((lease) => reattachedAt(lease) !== undefined);
  const isNews = (lease: Active) => now - (reattachedAt(lease) ?? 0) >= OLD_MS;
  await end(deps, again.filter(isNews), found.error);
  const unsealed = leases.filter(({ isUnsealed }) => isUnsealed);
  await end(deps, unsealed, new JitError('notOurs'));
  const first = leases.filter((lease) => !again.includes(lease) && !unsealed.includes(lease));
  if (first.length === 0) return;
  const { placements = [] } = found;
  if (placements.length > 0)
    for (const { id } of first)
      await commit(deps, id, (request, { at }) =>
        request.status === 'active'
          ? { next: spread(request, at, placements), event: 'placed', by: 'drawbridge' }
          : undefined,
      );
  await putRight(deps, cloud, found, signal);
  for (const { id } of first)
    await commit(deps, id, (request, { at }) =>
      request.status === 'active'
        ? { next: repaired(request, at, found), event: 'reattached', by: 'drawbridge', text: textOf(found) }
        : undefined,
    );
}

function repaired(request: Active, at: Instant, { what, name, by }: Misplaced): Active {
  return what === 'missing' ? followed(request, at, name) : reattached(request, at, by);
}

function textOf({ what, name, by }: Misplaced): string {
  if (what === 'missing') return `it was not in ${name}`;
  return `${name} was taken off${by === undefined ? '' : ` by ${by}`}`;
}

/** Under the locks of all who edit the same. Opening waits for the audit, taking off does not. */
async function putRight(deps: Deps, cloud: Cloud, found: Misplaced, signal: AbortSignal): Promise<void> {
  const { machine, what, locks } = found;
  const own = `protect:${await cloud.protectKey(machine, signal)}`;
  const options = { ttlMs: 2 * cloud.limits.callMs, waitMs: WAIT_MS, closing: what === 'elsewhere', signal };
  const event = what === 'elsewhere' ? 'detach' : 'reattach';
  const attempt = { event, by: 'drawbridge', as: 'patrol', machine, why: `${WORDS[what]}: ${found.name}` } as const;
  await deps.lock.hold([own, ...locks].sort(), options, (held) =>
    act(deps, attempt, async (righting) => {
      await (what === 'elsewhere' ? righting.beginAnyway() : righting.begin());
      await cloud.putRight?.(found, held.signal);
    }),
  );
}

async function end(deps: Deps, leases: readonly Active[], error: JitError): Promise<void> {
  for (const { id } of leases)
    await commit(deps, id, (request, { at }) =>
      request.status === 'active'
        ? { next: failed(request, error, at), event: 'failed', by: 'drawbridge', text: error.code }
        : undefined,
    );
}
