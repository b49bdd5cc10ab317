import { JitError } from '../../core/errors/errors.ts';
import { SECOND_MS } from '../../core/language/instant.ts';
import { CLOUD_NAMES, cloudOf, type MachineId } from '../../core/machine/machine.ts';
import { siteOfMachine } from '../../core/request/closing-budget.ts';
import type { Deps } from '../deps.ts';

/** Judged at once in one process, of one account or subscription. */
const AT_ONCE = 20;
/** One that waits for so long is refused: those before it hang. */
const WAIT_MS = 30 * SECOND_MS;

interface Site {
  running: number;
  readonly waiting: Set<() => void>;
}

const sites = new WeakMap<Deps['clouds'], Map<string, Site>>();

/**
 * Some at once, in the order in which they came. A hundred that began together would share the time that each has to be answered in: on a
 * busy machine none of them would get it. An account that hangs holds up no other. Throws `cloudSilent`.
 */
export async function inTurn<T>(
  { clouds }: Pick<Deps, 'clouds'>,
  machine: MachineId,
  work: () => Promise<T>,
): Promise<T> {
  const all = sites.get(clouds) ?? new Map<string, Site>();
  sites.set(clouds, all);
  const name = siteOfMachine(machine);
  const site = all.get(name) ?? { running: 0, waiting: new Set() };
  all.set(name, site);
  if (site.running >= AT_ONCE) await turn(site, machine);
  else site.running += 1;
  try {
    return await work();
  } finally {
    const [next] = site.waiting;
    // Its place goes to the next one.
    if (next) next();
    else site.running -= 1;
    if (site.running === 0) all.delete(name);
  }
}

function turn({ waiting }: Site, machine: MachineId): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = () => {
      clearTimeout(late);
      waiting.delete(go);
      resolve();
    };
    const late = setTimeout(() => {
      waiting.delete(go);
      reject(new JitError('cloudSilent', { cloud: CLOUD_NAMES[cloudOf(machine)] }));
    }, WAIT_MS);
    waiting.add(go);
  });
}
