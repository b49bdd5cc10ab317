/** Commands and scripts that change nothing. */
const READS: ReadonlySet<string> = new Set([
  ...['AUTH', 'CLIENT', 'CONFIG', 'EXISTS', 'GET', 'HELLO', 'HEXISTS', 'HGET', 'HGETALL', 'HMGET', 'HVALS', 'INFO'],
  ...['LRANGE', 'MGET', 'PING', 'READONLY', 'ROLE', 'SCAN', 'SCRIPT', 'SELECT', 'SISMEMBER', 'SMEMBERS', 'TIME', 'TTL'],
  ...['TYPE', 'XINFO', 'XLEN', 'XRANGE', 'XREVRANGE', 'ZCARD', 'ZMSCORE', 'ZRANGE', 'ZRANGEBYSCORE', 'ZSCORE', 'WAIT'],
  ...['BZPOPMIN', 'STRLEN', 'MEMORY', 'LLEN', 'QUIT', 'COMMAND'],
  ...['now', 'load', 'load-all', 'live-on', 'list', 'ending', 'counts', 'behind', 'confirm'].map(
    (name) => `drawbridge-${name}`,
  ),
  ...['isFinished', 'getState'],
]);

/**
 * What comes by itself as time goes by, between any two effects of a flow, and is none of it: that the store can be written, that
 * this process lives, that a lock or a job is still held; the chain of the audit and how far its sinks are, which go after what
 * is already kept; whose pages of a chat are old; how far the logs of the clouds were read.
 */
const BEATS: ReadonlySet<string> = new Set([
  ...[
    'write',
    'renew',
    'mend',
    'compared',
    'raise',
    'chain-add',
    'beat',
    'due-within',
    'lock loop',
    'release loop',
  ].map((name) => `drawbridge-${name}`),
  // What others left, who are dead: deliveries that were accepted, and jobs. There are none in a play before its kill.
  'drawbridge-unfinished',
  ...['extendLock', 'extendLocks', 'moveStalledJobsToWait'],
  ...['HSET processes', 'PEXPIRE processes', 'HDEL processes'],
  ...['HSET audit-sinks', 'ZADD audit-keys', 'SPOP homes-changed', 'HSET cloud-logs'],
]);

/** Who takes what is next: what is due, or a job. The next process finds it taken. */
const TAKES: ReadonlySet<string> = new Set(['drawbridge-claim', 'moveToActive']);

const QUIET_HTTP: readonly RegExp[] = [
  /^aws (?:Describe|Filter|Get|List|Lookup|Assume|Simulate|Receive)/,
  /\/(?:oauth2|v2\.0|\.well-known|keys)\b/,
  /effective(?:RouteTable|NetworkSecurityGroups)|ResourceGraph|\/(?:list|get)\w*(?:\?|$)|checkPrivateIPAddress/i,
  /\/api\/(?:auth|users|conversations|team|bots|views\.get)\.?/,
];

/** What leaves the process with some bytes. */
export interface Seen {
  /** An effect, in a word that is the same in each run: a write to Redis, or a call of a cloud or a chat that changes something. */
  readonly name?: string;
  /** Something was taken that a flow goes on with: no effect for anybody, and not nothing for the next process. */
  readonly takes?: true;
  /** The call is named by what is written next. */
  readonly more?: true;
}

/**
 * Reads it out of what is written to a socket.
 *
 * @param scripts names of the scripts by their hashes
 */
export function effectIn(chunk: Buffer, scripts: ReadonlyMap<string, string>, sha: (lua: string) => string): Seen {
  if (chunk[0] !== 0x2a) return callIn(chunk.subarray(0, 8_192).toString('latin1'));
  const names = commandsIn(chunk).map((words) => nameOf(words, scripts, sha));
  const loud = names.filter(
    (name) => ![READS, BEATS, TAKES].some((quiet) => quiet.has(name) || quiet.has(wordOf(name))),
  );
  if (loud.length > 0) return { name: `redis ${loud.join('+')}` };
  return names.some((name) => TAKES.has(name)) ? { takes: true } : {};
}

const wordOf = (name: string) => name.replace(/ .*/, '');

/** A command with the kind of its key; a script by its name, and of locks what they hold: a machine, cards, or a loop. */
function nameOf(
  [command = '', script = '', , scriptKey = '']: readonly string[],
  scripts: ReadonlyMap<string, string>,
  sha: (lua: string) => string,
): string {
  const name = command.toUpperCase();
  if (name !== 'EVAL' && name !== 'EVALSHA') return [name, kindOf(script)].join(' ').trim();
  const hash = name === 'EVAL' ? sha(script) : script;
  const known = (scripts.get(hash) ?? hash.slice(0, 8)).replace(/:[\d.]+$/, '');
  if (!/-(?:lock|release)$/.test(known)) return known;
  const kind = kindOf(scriptKey.replace(/:lock\b/, ''));
  return `${known} ${kind === 'loop' || kind === 'cards' ? kind : 'machine'}`;
}

/** Of `{drawbridge}:audit-sinks` and of `{drawbridge}:homes-changed:slack` the second word. */
function kindOf(key: string): string {
  return key.startsWith('{') ? (key.split(':')[1] ?? '') : '';
}

function callIn(text: string): Seen {
  if (/^HTTP\/1\.1 \d+/.test(text)) return { name: `answer ${text.slice(9, 12)}` };
  const [, method = '', path = ''] = /^(GET|HEAD|POST|PUT|PATCH|DELETE) (\S+) HTTP\/1\.1\r\n/.exec(text) ?? [];
  const target = /\r\nx-amz-target: \S+\.(\w+)/i.exec(text)?.[1];
  const action = target ?? /(?:^|\n|&)Action=(\w+)/.exec(text)?.[1];
  if (method === '' && action === undefined) return {};
  if (method === 'GET' || method === 'HEAD') return {};
  if (action === undefined && path === '/') return { more: true };
  if (QUIET_HTTP.some((quiet) => quiet.test(action === undefined ? path : `aws ${action}`))) return {};
  return { name: action === undefined ? `${method} ${plain(path)}` : `aws ${action}` };
}

/** Without what differs from run to run: queries, hosts, ids. */
function plain(path: string): string {
  return path
    .replace(/\?.*/, '')
    .replace(/^https?:\/\/[^/]+/, '')
    .split('/')
    .map((part) => (/^(?!networkSecurityGroups$)[\w-]{16,}$|^\d+$|%|\d{5}|@|^.{25}/.test(part) ? '…' : part))
    .join('/');
}

/** The first words of each command (RESP arrays of bulk strings). What is cut off at the end is left out. */
function commandsIn(chunk: Buffer): readonly (readonly string[])[] {
  const commands: string[][] = [];
  let at = 0;
  const line = () => {
    const end = chunk.indexOf('\r\n', at);
    const text = chunk.toString('latin1', at, end);
    at = end < 0 ? chunk.length : end + 2;
    return text;
  };
  while (at < chunk.length && chunk[at] === 0x2a) {
    const count = Number(line().slice(1));
    const words: string[] = [];
    for (let n = 0; n < count && at < chunk.length; n += 1) {
      const length = Number(line().slice(1));
      if (n < 4) words.push(chunk.toString('utf8', at, at + length));
      at += length + 2;
    }
    commands.push(words);
  }
  return commands;
}
