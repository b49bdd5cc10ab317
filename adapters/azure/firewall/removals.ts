import type { Allowed } from '../../../src/kit/call.ts';
import { type Collector, collectForAll, collector } from '../../../src/kit/call-ids.ts';
import { outcomeOf } from '../../../src/kit/outcome.ts';
import type { Azure } from '../arm/context.ts';
import type { ArmId } from '../arm/ids.ts';
import type { RuleRole } from './rules.ts';
import { writeUntil } from './write.ts';

interface Removal {
  readonly names: readonly string[];
  readonly allowed: Allowed;
  readonly settle: PromiseWithResolvers<void>;
  readonly collector: Collector | undefined;
}

/** Of one firewall or policy. */
interface Gathering {
  /** Machines that said that they will have something to remove, and do not know all of it yet. */
  coming: number;
  waiting: Removal[];
}

const all = new WeakMap<Azure, Map<ArmId, Gathering>>();

/**
 * What is closed for several machines on one firewall is one write, as it takes minutes: those who are about to come are waited
 * for. `remove` takes the rules of these names away; `end` says that no more comes.
 */
export function removalsOn(azure: Azure, ids: readonly ArmId[]) {
  const announced = new Set(ids);
  for (const id of announced) gatheringOf(azure, id).coming += 1;
  const arrived = (id: ArmId) => {
    if (announced.delete(id)) gatheringOf(azure, id).coming -= 1;
  };
  return {
    remove(id: ArmId, names: readonly string[], allowed: Allowed): Promise<void> {
      arrived(id);
      const settle = Promise.withResolvers<void>();
      gatheringOf(azure, id).waiting.push({ names, allowed, settle, collector: collector() });
      flush(azure, id);
      return settle.promise;
    },
    end(): void {
      for (const id of [...announced]) {
        arrived(id);
        flush(azure, id);
      }
    },
  };
}

function gatheringOf(azure: Azure, id: ArmId): Gathering {
  const own = all.get(azure) ?? new Map<ArmId, Gathering>();
  all.set(azure, own);
  const known = own.get(id) ?? { coming: 0, waiting: [] };
  own.set(id, known);
  return known;
}

function flush(azure: Azure, id: ArmId): void {
  const gathering = gatheringOf(azure, id);
  if (gathering.coming > 0) return;
  const removals = gathering.waiting;
  gathering.waiting = [];
  if (removals.length === 0) all.get(azure)?.delete(id);
  // Under one hold of a lock all have its signal; whoever has another one stops for another reason.
  for (const some of Map.groupBy(removals, ({ allowed }) => allowed.signal).values()) void write(azure, id, some);
}

async function write(azure: Azure, id: ArmId, removals: readonly Removal[]): Promise<void> {
  const names = new Set(removals.flatMap((one) => one.names));
  const [first] = removals;
  if (!first) return;
  const allowed: Allowed = {
    signal: first.allowed.signal,
    beforeCall: () => {
      for (const one of removals) one.allowed.beforeCall();
    },
  };
  const rest = () =>
    writeUntil(
      azure,
      id,
      ({ rules }) => {
        const there = (role: RuleRole) =>
          rules.flatMap(({ ours, name }) => (ours === role && names.has(name) ? [name] : []));
        return { leases: { put: [], remove: there('lease') }, passes: { put: [], remove: there('pass') } };
      },
      allowed,
    );
  const collectors = removals.map((one) => one.collector);
  const done = await outcomeOf(() => collectForAll(collectors, rest));
  for (const { settle } of removals) {
    if (done.ok) settle.resolve();
    else settle.reject(done.error);
  }
}
