import { parseDuration } from '../../src/core/language/duration.ts';
import { type CloudName, type MachineId, parseMachineId } from '../../src/core/machine/machine.ts';
import { budgetOf } from '../../src/core/request/closing-budget.ts';
import type { World } from './world.ts';

/** The first machine of each is where the story plays. */
const SITES: Readonly<Partial<Record<CloudName, (n: number, own: MachineId) => string>>> = {
  aws: (n, own) => own.replace(/i-.*$/, `i-${n.toString(16).padStart(17, 'f')}`),
  azure: (n, own) => own.replace(/[^/]*$/, `other-${n}`),
};

/** `400 end in 1h in aws`: so many others were approved before, with such an end, on machines of the same account or subscription. */
export async function othersEnd({ deps, clock }: World, what: string): Promise<void> {
  const [, count = '', ahead = '', cloud = ''] = /^(\d+) end in (\w+) in (aws|azure)$/.exec(what) ?? [];
  const adapter = deps.clouds.get(cloud as CloudName);
  const [first] = (await adapter?.machines(AbortSignal.timeout(5_000)))?.all ?? [];
  const limits = adapter?.limits.closings;
  const wish = clock.now() + (parseDuration(ahead) ?? 0);
  if (!first || !limits) throw new Error(`nothing can be said of ${cloud}`);
  for (let n = 0; n < Number(count); n += 1) {
    const machine = parseMachineId(SITES[cloud as CloudName]?.(n, first.id) ?? '');
    if (!machine) throw new Error(`no machine can be made of ${first.id}`);
    const wanted = { budget: budgetOf(limits), wish, earliest: clock.now(), ports: 1 };
    await deps.store.keepEnd({ id: `${ahead}-${n}`, machine }, wanted);
  }
}
