import { JitError } from '../../core/errors/errors.ts';
import { tidy } from '../../core/language/text.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { type MachineList, placesText } from '../../core/machine/match.ts';
import { tagOf } from '../../core/machine/tags.ts';
import type { Deps } from '../deps.ts';
import { inventory } from '../machine/inventory.ts';
import { machineMeant } from '../machine/meant.ts';
import { survey } from './recommend.ts';

/** What may be protected at once: every one is read before, and every one is written. */
const MOST = 50;
const NOT_CONFIGURED = 'not-configured';

/**
 * The machines that are meant by names, ids, addresses, `tag:<key>=<value>` and `not-configured` (all that could be protected and are
 * not), each once, by name. Throws `unknownMachine`, `unknownAddress`, `ambiguousMachine`, `unknownSelection`, `tooManyMachines`, `machineNotRead`, `selectionNotRead`.
 */
export async function select(deps: Deps, which: readonly string[], signal: AbortSignal): Promise<readonly Machine[]> {
  const all = await inventory(deps, signal);
  const lists = await Promise.all(
    which.map(async (word) => {
      const some = await several(deps, all, word, signal);
      if (!some) return [await machineMeant(deps, word, () => true, signal)];
      if (some.length === 0) throw new JitError('unknownSelection', { typed: tidy(word, 80) });
      return some;
    }),
  );
  const chosen = [...new Map(lists.flat().map((machine) => [machine.id, machine])).values()];
  if (chosen.length > MOST) throw new JitError('tooManyMachines', { count: chosen.length, most: MOST });
  return chosen.sort((a, b) => a.name.localeCompare(b.name));
}

/** Does it mean what it finds now, rather than machines by their names? */
export function isSelector(word: string): boolean {
  return word.toLowerCase() === NOT_CONFIGURED || tagIn(word) !== undefined;
}

async function several(
  deps: Deps,
  machines: MachineList,
  word: string,
  signal: AbortSignal,
): Promise<readonly Machine[] | undefined> {
  if (word.toLowerCase() === NOT_CONFIGURED) {
    const surveyed = await survey(deps, signal);
    return surveyed.machines.filter(({ tab }) => tab === 'notConfigured').map(({ machine }) => machine);
  }
  const tag = tagIn(word);
  if (!tag) return undefined;
  const { all, unread } = machines;
  // Machines that are left out would be thought to be protected.
  if (unread.length > 0) throw new JitError('selectionNotRead', { typed: tidy(word, 80), places: placesText(unread) });
  return all.filter((machine) => tagOf(machine, tag.key) === tag.value);
}

function tagIn(word: string): { readonly key: string; readonly value: string } | undefined {
  const [, key, value] = /^tag:([^=]+)=(.*)$/i.exec(word) ?? [];
  return key === undefined || value === undefined ? undefined : { key, value };
}
