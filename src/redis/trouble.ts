import { JitError } from '../core/errors/errors.ts';
import { say } from '../core/language/say.ts';
import type { Saying } from '../core/language/text.ts';
import type { RedisClient } from './client.ts';

type Trouble = readonly [said: RegExp, why: Saying, fix: Saying];

/**
 * What servers, Node, and ioredis say, what it means, and the remedy.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 */
const TROUBLES: readonly Trouble[] = [
  [
    /(?:^|[ -])OOM /,
    say`has no memory left`,
    say`Give it more memory (\`maxmemory\`), or set \`audit.keep\` to a number.`,
  ],
  [
    /(?:^|[ -])MISCONF /,
    say`cannot save to its disk, and takes no writes until it can`,
    say`Look into its log: free its disk, or let it write to its folder. If only snapshots fail, which Drawbridge does not need, set \`stop-writes-on-bgsave-error no\`.`,
  ],
  [
    /(?:^|[ -])READONLY /,
    say`is a replica, which takes no writes`,
    say`Let \`redis\` name the primary, or make this one it: \`REPLICAOF NO ONE\`.`,
  ],
  [/(?:^|[ -])LOADING /, say`is still reading its data`, say`Wait until it has; its log says how far it is.`],
  [
    /(?:^|[ -])BUSY /,
    say`runs a script of somebody else that does not end`,
    say`End it with \`SCRIPT KILL\` or \`FUNCTION KILL\`, and see who runs scripts there (\`CLIENT LIST\`).`,
  ],
  [
    /WRONGPASS|NOAUTH|invalid password|operation not permitted/,
    say`does not take the user or the password`,
    say`Put \`redis.username\` and \`redis.password\` right, and start Drawbridge again if its file was not read again.`,
  ],
  [
    /NOPERM|can(?:'t| not|not) (?:run this command|access at least one)/,
    say`does not let its user do all that Drawbridge needs`,
    say`Give the user the rights in docs/redis.md (\`ACL SETUSER\`); \`ACL LOG\` shows what was refused.`,
  ],
  [
    /max number of clients/,
    say`takes no more connections`,
    say`Raise \`maxclients\`, or close connections of others (\`CLIENT LIST\`).`,
  ],
  [
    /(?:^|[ -])NOREPLICAS /,
    say`has fewer replicas than it wants for a write`,
    say`Bring its replicas back, or lower \`min-replicas-to-write\`.`,
  ],
  [
    /CLUSTERDOWN|MASTERDOWN|TRYAGAIN|Failed to refresh slots cache|None of startup nodes|Too many Cluster redirections|All sentinels are unreachable/,
    say`has lost a primary, or its Sentinels`,
    say`See whether a replica takes over: \`CLUSTER INFO\`, or \`SENTINEL MASTERS\`.`,
  ],
  [
    /WRONGTYPE /,
    say`has a key of Drawbridge that is of another kind`,
    say`The log names the error. Find out who else writes there, and delete that key; indexes are made anew.`,
  ],
  [
    /ENOTFOUND|EAI_AGAIN/,
    say`is not found by its name`,
    say`Put its address in \`redis\` right, or the name servers of this computer.`,
  ],
  [
    /certificate|altname|SSL routines/i,
    say`is not trusted, or does not trust this client`,
    say`Put \`redis.tls\` right, or renew the certificate.`,
  ],
  [
    /Please report this\.$|no answer of a script of ours/m,
    say`is not what answers at its address, or something on the way changes what it says`,
    say`See what answers there (\`redis-cli -h … PING\`), and put the address or the port in \`redis\` right; with TLS it begins with \`rediss://\`.`,
  ],
  [
    /ECONNRESET|EPIPE|ECONNABORTED/,
    say`closes the connection`,
    say`Look into its log: \`maxclients\` may be reached, or \`protected-mode\` be on.`,
  ],
  [
    /ECONNREFUSED|ENOENT|EHOSTUNREACH|ENETUNREACH|Connection is closed|Reached the max retries/,
    say`cannot be reached`,
    say`Start it, or put its address in \`redis\` right.`,
  ],
];

const SILENT: Trouble = [
  /no answer within|Command timed out|ETIMEDOUT|Socket timeout/,
  say`does not answer in time`,
  say`See whether it is paused, or busy with something long (\`SLOWLOG GET\`), and whether the network lets packets through.`,
];

/** Said of an answer to a script that no script gives. */
export const STRANGE = 'this is no answer of a script of ours';
/** Emitted with what a server said that is not the one to ask, or not yet: the client looks for another one, and errors tell nothing of it. */
export const MOVED_EVENT = 'moved';
/** What was said so long ago is over. */
const OVER_MS = 30_000;

/**
 * Says of errors of this connection what they mean, and the remedy; nothing where nobody knows. Where one only says that no answer came,
 * what the connection met last counts.
 */
export function troubleOf(redis: Pick<RedisClient, 'on'>): (error: unknown) => JitError | undefined {
  let last = { text: '', atMs: 0 };
  const meet = (text: string) => {
    last = { text, atMs: performance.now() };
  };
  redis.on('error', (error: Error) => meet(textOf(error)));
  redis.on(MOVED_EVENT, (said: string) => meet(said));
  return (error) => {
    const said = textOf(error);
    const met = performance.now() - last.atMs < OVER_MS ? last.text : '';
    const found = TROUBLES.find(([text]) => text.test(said) || (isVague(said) && text.test(met)));
    const [, why, fix] = found ?? (SILENT[0].test(`${said} ${met}`) ? SILENT : []);
    return why && fix ? new JitError('redisTrouble', { why, fix }) : undefined;
  };
}

/** The connection knows more. */
function isVague(said: string): boolean {
  return SILENT[0].test(said) || /Connection is closed|Reached the max retries/.test(said);
}

/** Of a sentence for people what is behind it; a Cluster says it of the last node that it asked, a transaction (EXECABORT) of its commands. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error instanceof JitError && error.cause !== undefined) return textOf(error.cause);
  const { lastNodeError, previousErrors = [] } = error as {
    readonly lastNodeError?: unknown;
    readonly previousErrors?: readonly unknown[];
  };
  return [error.message, ...[lastNodeError, ...previousErrors].map(textOf)].join(' ').trim();
}
