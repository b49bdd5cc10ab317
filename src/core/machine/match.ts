import { JitError } from '../errors/errors.ts';
import { tidy } from '../language/text.ts';
import { type Machine, parseMachineId } from './machine.ts';
import { nearest } from './near.ts';

/** Machines that could be read, and the places (accounts, subscriptions, regions, clouds) that could not. */
export interface MachineList {
  readonly all: readonly Machine[];
  readonly unread: readonly string[];
  /** What is there, and cannot be requested. */
  readonly unserved?: readonly UnservedMachine[];
}

export interface UnservedMachine {
  readonly name: string;
  readonly location: string;
  /** The end of a sentence. */
  readonly because: string;
  /** Its instances have its name, and a number or some letters behind it. */
  readonly isSet?: true;
}

/** So many places are named; of the rest it is said how many there are. */
const MOST_PLACES = 3;

/**
 * The one machine that the person means: by id, by name, or by the end of its id. Near matches are named when none fits, of those
 * alone that `isTheirs` says may be named to them; where a place could not be read, nobody can tell whether there is such a machine.
 */
export function match(
  { all: machines, unread, unserved = [] }: MachineList,
  typed: string,
  isTheirs: (machine: Machine) => boolean = () => true,
): Machine {
  const word = typed.trim().toLowerCase();
  const id = parseMachineId(word);
  // The exact id first, then the name, then the end of an id: the first way that finds anything counts.
  const ways: readonly ((machine: Machine) => boolean)[] = [
    (machine) => machine.id === (id ?? word),
    (machine) => machine.name.toLowerCase() === word,
    (machine) => machine.id.endsWith(`/${word}`) || machine.id.endsWith(`:${word}`),
  ];
  const fitting = ways.map((way) => machines.filter(way)).find((list) => list.length > 0) ?? [];
  const [only, ...more] = fitting;
  if (only && more.length === 0) return only;
  if (only) {
    const theirs = fitting.filter(isTheirs);
    const [own, ...others] = theirs;
    if (own && others.length === 0) return own;
    const shown = theirs.slice(0, 5);
    const names = shown.map((machine) => `${machine.id} (${machine.location})`).join(', ') || 'none of them is yours';
    const choices = shown.map(({ id }) => id);
    throw new JitError('ambiguousMachine', { typed: tidy(typed, 80), count: fitting.length, names }, { choices });
  }
  const other = unserved.find((one) => isCalled(one, word));
  if (other) throw new JitError('machineNotServed', { machine: tidy(other.name, 80), because: other.because });
  if (unread.length > 0) throw new JitError('machineNotRead', { typed: tidy(typed, 80), places: placesText(unread) });
  const near = nearest(
    machines.filter(isTheirs).map(({ name }) => name),
    word,
  );
  throw new JitError('unknownMachine', { typed: tidy(typed, 80), near: nearText(near) }, { choices: near });
}

/** Instances of scale sets are called `web_0`, and their computers `web000000` or `aks-pool-vmss00000A`. */
function isCalled({ name, isSet }: UnservedMachine, word: string): boolean {
  const own = name.toLowerCase();
  if (word === own || word.endsWith(`/${own}`)) return true;
  return isSet === true && word.startsWith(own) && /^(?:_\d+|[0-9a-z]{6})$/.test(word.slice(own.length));
}

/** `us-east-1 of 123456789012, eu-west-1 of 123456789012 and 4 more`. */
export function placesText(places: readonly string[]): string {
  const more = places.length - MOST_PLACES;
  const shown = places.slice(0, MOST_PLACES).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function nearText(near: readonly string[]): string {
  if (near.length === 0) return '`/jit request` alone lists the machines you can request.';
  return `Did you mean ${near.join(' or ')}?`;
}
