import type { Instant } from '../../src/core/language/instant.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { type EndWanted, latestFree, siteOfMachine } from '../../src/core/request/closing-budget.ts';
import type { Indexes } from '../../src/core/request/record.ts';
import type { Request } from '../../src/core/request/request.ts';
import type { EndKept } from '../../src/ports/store.ts';

/** An end that was kept for a request, and is not committed yet. */
export interface KeptEnd {
  readonly machine: MachineId;
  readonly at: Instant;
}

interface Asked {
  readonly request: Pick<Request, 'id' | 'machine'>;
  readonly wanted: EndWanted;
}

/** Finds the latest free end among those of `live` and `kept`, and keeps it there. */
export function keptEnd(
  { request: { id, machine }, wanted }: Asked,
  live: readonly Indexes[],
  kept: Map<string, KeptEnd>,
  now: Instant,
): EndKept | undefined {
  kept.delete(id);
  const site = siteOfMachine(machine);
  const committed = live.flatMap(({ machine: own, end }) =>
    end?.at === undefined ? [] : Array.from({ length: end.ports }, () => ({ machine: own, at: end.at ?? 0 })),
  );
  const all = [...committed, ...kept.values()].filter((one) => siteOfMachine(one.machine) === site && one.at > now);
  const within = (from: Instant, to: Instant) => all.filter(({ at }) => at >= from && at < to);
  const until = latestFree(wanted, {
    count(from, to) {
      const found = within(from, to);
      return wanted.budget.together ? new Set(found.map((one) => `${one.at} ${one.machine}`)).size : found.length;
    },
    isShared: (at) => all.some((one) => one.at === at && one.machine === machine),
  });
  if (until === undefined) return undefined;
  const others = within(until, wanted.wish + 1).length;
  kept.set(id, { machine, at: until });
  return { until, others };
}
