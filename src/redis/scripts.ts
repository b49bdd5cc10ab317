import { readFileSync } from 'node:fs';
import { unlessAway } from './away.ts';
import type { RedisClient } from './client.ts';

/** Scripts of the store: each begins with the prelude, and answers the time first. */
const STORE = [
  'now',
  'write',
  'raise',
  'compared',
  'load',
  'load-all',
  'save',
  'live-on',
  'list',
  'claim',
  'due-within',
  'settle',
  'ending',
  'keep-end',
  'index',
  'counts',
  'mend',
  'keep-card',
  'published',
  'behind',
  'record',
  'accept',
  'done',
  'leave',
  'unfinished',
] as const;
/** Those of them that write evidence. */
const AUDITED: readonly string[] = ['save', 'record'];
/** Those that stand alone and read checkpoints. */
const OF_CHAIN: readonly string[] = ['chain-add', 'chain-trim'];
/** Scripts that stand alone: of the lock, of what is under way in browsers, of links of accounts, and of the chain of the audit. */
const ALONE = [
  'lock',
  'writes',
  'renew',
  'release',
  'beat',
  'advance',
  'link',
  'unlink',
  'chain-add',
  'chain-trim',
] as const;

type Name = (typeof STORE)[number] | (typeof ALONE)[number];
type Values = readonly (string | number)[];

/** Runs one of our scripts; gives Redis's bare answer. Throws `storeAway` where it cannot be asked now. */
export type RunScript = (name: Name, keys: readonly string[], args: Values) => Promise<unknown>;

/** Makes our scripts known to this connection: they are sent in full once, then by their hash. */
export function scriptsOn(redis: RedisClient): RunScript {
  for (const name of STORE) {
    const before = ['prelude', ...(AUDITED.includes(name) ? ['audit'] : [])];
    define(redis, name, [...before, name].map(sourceOf).join('\n'));
  }
  for (const name of ALONE)
    define(redis, name, [...(OF_CHAIN.includes(name) ? ['checkpoints'] : []), name].map(sourceOf).join('\n'));
  const commands = redis as unknown as Record<string, (...args: (string | number)[]) => Promise<unknown>>;
  return (name, keys, args) => {
    const command = commands[commandName(name)];
    if (!command) throw new Error(`no script ${name}`);
    return unlessAway(command.call(redis, keys.length, ...keys, ...args));
  };
}

function define(redis: RedisClient, name: Name, lua: string): void {
  redis.defineCommand(commandName(name), { lua });
}

function commandName(name: Name): string {
  return `drawbridge-${name}`;
}

/** The text of one of our scripts, or of a part of them. */
export function sourceOf(name: string): string {
  return readFileSync(new URL(`lua/${name}.lua`, import.meta.url), 'utf8');
}
