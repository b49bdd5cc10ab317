/** Commands and scripts that only read, or that come by themselves as time goes by: no flow has a point there. */
const QUIET: ReadonlySet<string> = new Set([
  // Redis's own commands that change nothing.
  ...[
    'AUTH',
    'CLIENT',
    'CONFIG',
    'EXISTS',
    'GET',
    'HELLO',
    'HGET',
    'HGETALL',
    'HMGET',
    'INFO',
    'LRANGE',
    'MGET',
    'PING',
  ],
  ...['READONLY', 'ROLE', 'SCAN', 'SCRIPT', 'SELECT', 'SMEMBERS', 'TIME', 'TTL', 'TYPE', 'XINFO', 'XLEN', 'XRANGE'],
  ...['XREVRANGE', 'ZCARD', 'ZRANGE', 'ZSCORE', 'WAIT', 'BZPOPMIN', 'STRLEN', 'MEMORY', 'LLEN', 'QUIT', 'COMMAND'],
  // Drawbridge's scripts that read.
  ...['now', 'load', 'load-all', 'live-on', 'list', 'ending', 'counts', 'behind', 'confirm'].map(
    (name) => `drawbridge-${name}`,
  ),
  // Beats: that the store can be written, that this process lives, that a lock or a job is still held; and looks: what is due,
  // what is behind, which job is next. They come again and again, between any two effects.
  ...['write', 'unfinished', 'renew', 'mend', 'compared', 'raise', 'claim'].map((name) => `drawbridge-${name}`),
  ...['extendLock', 'extendLocks', 'moveStalledJobsToWait', 'moveToActive', 'isFinished', 'getState'],
]);

const QUIET_HTTP: readonly RegExp[] = [
  /^aws (?:Describe|Get|List|Assume|Simulate|Receive)/,
  /\/(?:oauth2|v2\.0|\.well-known|keys)\b/,
  /effective(?:RouteTable|NetworkSecurityGroups)|ResourceGraph|\/(?:list|get)\w*(?:\?|$)|checkPrivateIPAddress/i,
  /\/api\/(?:auth|users|conversations|team|bots|views\.get)\.?/,
];

/**
 * What leaves the process with these bytes, in a word that is the same in each run: the commands of Redis that write, or the call
 * of a cloud or a chat that changes something. Undefined for all else. `more`: the call is named by what is written next.
 */
export function effectIn(chunk: Buffer, scripts: ReadonlyMap<string, string>, sha: (lua: string) => string): Effect {
  if (chunk[0] === 0x2a) {
    const names = commandsIn(chunk).map(([command = '', script = '', , key = '']) => {
      const name = command.toUpperCase();
      const hash = name === 'EVAL' ? sha(script) : script;
      const known = name === 'EVAL' || name === 'EVALSHA' ? (scripts.get(hash) ?? hash.slice(0, 8)) : name;
      // Of a machine, of cards, or of a loop, which comes by itself.
      const [, , kind] = key.split(':');
      if (!/-(?:lock|release)$/.test(known)) return known;
      return kind === 'loop' ? 'TIME' : `${known} ${kind === 'cards' ? kind : 'machine'}`;
    });
    const loud = names.map((name) => name.replace(/^(\w+):[\d.]+$/, '$1')).filter((name) => !QUIET.has(name));
    return { name: loud.length > 0 ? `redis ${loud.join('+')}` : undefined, more: false };
  }
  return callIn(chunk.subarray(0, 8_192).toString('latin1'));
}

interface Effect {
  readonly name: string | undefined;
  readonly more: boolean;
}

const NOTHING: Effect = { name: undefined, more: false };

function callIn(text: string): Effect {
  if (/^HTTP\/1\.1 \d+/.test(text)) return { name: `answer ${text.slice(9, 12)}`, more: false };
  const [, method = '', path = ''] = /^(GET|HEAD|POST|PUT|PATCH|DELETE) (\S+) HTTP\/1\.1\r\n/.exec(text) ?? [];
  const target = /\r\nx-amz-target: \S+\.(\w+)/i.exec(text)?.[1];
  const action = target ?? /(?:^|\n|&)Action=(\w+)/.exec(text)?.[1];
  if (method === '' && action === undefined) return NOTHING;
  if (method === 'GET' || method === 'HEAD') return NOTHING;
  if (action === undefined && path === '/') return { name: undefined, more: true };
  if (QUIET_HTTP.some((quiet) => quiet.test(action === undefined ? path : `aws ${action}`))) return NOTHING;
  return { name: action === undefined ? `${method} ${plain(path)}` : `aws ${action}`, more: false };
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
