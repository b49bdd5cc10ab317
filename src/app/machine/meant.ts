import { JitError } from '../../core/errors/errors.ts';
import { CLOUD_NAMES, type Machine } from '../../core/machine/machine.ts';
import { match, placesText } from '../../core/machine/match.ts';
import { familyOf, isPrivate, parseSource, prefixLength, sourceText } from '../../core/rule/source.ts';
import type { Deps } from '../deps.ts';
import { inventory } from './inventory.ts';

/** So many candidates are named. */
const MOST_NAMED = 5;

/**
 * The one machine that somebody means by its id, its name, or one of its addresses. Of an address it is never guessed which of two
 * has it, nor that no other has: private ranges repeat among networks. Throws what `match` throws, for an address `ambiguousMachine`,
 * `machineNotRead`, `unknownAddress`.
 */
export async function machineMeant(
  deps: Pick<Deps, 'clouds' | 'log'>,
  typed: string,
  isTheirs: (machine: Machine) => boolean,
  signal: AbortSignal,
): Promise<Machine> {
  const list = await inventory(deps, signal);
  const source = parseSource(typed);
  const isName = list.all.some(({ name }) => name.toLowerCase() === typed.trim().toLowerCase());
  if (source === undefined || isName || prefixLength(source) !== (familyOf(source) === 'ipv4' ? 32 : 128))
    return match(list, typed, isTheirs);
  const address = sourceText(source);
  const { ids, unread: unseen } = await havingAddress(deps, address, signal);
  const unread = [...new Set([...list.unread, ...unseen])];
  const fitting = list.all.filter(({ id }) => ids.has(id));
  const [only, ...more] = fitting;
  // A public address is one machine’s alone; a private one may be another’s where nobody could look.
  if (unread.length > 0 && more.length === 0 && (isPrivate(source) || !only))
    throw new JitError('machineNotRead', { typed: address, places: placesText(unread) });
  // To whoever may not request it, an address does not tell what it is called.
  if (!fitting.some(isTheirs)) throw new JitError('unknownAddress', { address });
  if (only && more.length === 0) return only;
  const shown = fitting.filter(isTheirs).slice(0, MOST_NAMED);
  const names = shown.map(({ id, location }) => `${id} (${location})`).join(', ');
  const choices = shown.map(({ id }) => id);
  throw new JitError('ambiguousMachine', { typed: address, count: fitting.length, names }, { choices });
}

async function havingAddress({ clouds, log }: Pick<Deps, 'clouds' | 'log'>, address: string, signal: AbortSignal) {
  const ids = new Set<string>();
  const unread: string[] = [];
  for (const cloud of clouds.values()) {
    const place = `all of ${CLOUD_NAMES[cloud.cloud]}`;
    try {
      const found = (await cloud.addressed?.(address, signal)) ?? { machines: [], unread: [place] };
      for (const id of found.machines) ids.add(id);
      unread.push(...found.unread);
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ cloud: cloud.cloud, error }, 'the addresses of a cloud could not be read');
      unread.push(place);
    }
  }
  return { ids, unread };
}
