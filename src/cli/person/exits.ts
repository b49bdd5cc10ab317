import type { Kind } from '../../core/errors/entry.ts';

/** How a command of a person ends. docs/commands.md has the same table. */
export const EXITS = {
  done: [0, 'done'],
  fault: [1, 'something is broken or cannot be reached; try again later'],
  usage: [2, 'the command line is wrong'],
  refused: [3, 'refused, denied, or over'],
  waits: [4, 'it still waits, and the time of `--timeout` is over'],
  untold: [5, 'nobody can tell, so the answer is no'],
  signIn: [6, 'not signed in, or not any more'],
} as const satisfies Readonly<Record<string, readonly [code: number, what: string]>>;

export type ExitName = keyof typeof EXITS;

const OF_KIND: Readonly<Record<Kind, ExitName>> = {
  invalid: 'usage',
  unauthentic: 'signIn',
  denied: 'refused',
  unjudged: 'untold',
  notFound: 'refused',
  conflict: 'refused',
  busy: 'fault',
  refused: 'refused',
  misconfigured: 'fault',
  bug: 'fault',
};

/** The exit code for a refusal. */
export function exitFor(kind: Kind, code: string): number {
  return EXITS[code === 'notDecided' ? 'waits' : OF_KIND[kind]][0];
}
