import { act } from '../app/audit/act.ts';
import { lags } from '../app/evidence/behind.ts';
import { replay } from '../app/evidence/replay.ts';
import { loadConfig } from '../configuration.ts';
import { badConfig } from '../core/errors/bad-config.ts';
import { durationText } from '../core/language/duration.ts';
import type { Instant } from '../core/language/instant.ts';
import { commandLine } from './command-line.ts';
import { commandLog } from './command-log.ts';
import { printJson, sayLine, sayNotDone } from './output.ts';

const LIMIT_MS = 10 * 60_000;

/** `jit webhooks list`: where events go, and how far each is behind. With `json`, as `{ webhooks }`. */
export async function webhooksListVerb(file: string, { json = false } = {}): Promise<void> {
  const config = await loadConfig(file);
  const { compose } = await import('../compose.ts');
  const { deps, close } = await compose(config, commandLog());
  try {
    const all = deps.evidence ? await lags(deps, deps.evidence) : [];
    const webhooks = config.audit.https
      .filter(({ kind }) => kind === 'events')
      .map(({ name, url, events }) => {
        const lag = all.find((one) => one.name === name);
        const behind = lag && { records: lag.records, waitedMs: lag.waitedMs };
        return { name, host: new URL(url).host, events: events ?? 'all', behind: behind ?? null };
      });
    if (json) return printJson({ webhooks });
    if (webhooks.length === 0) sayLine('No webhook is configured: `audit.https` with `kind: events` is one.');
    for (const { name, host, events, behind } of webhooks) {
      const late = behind === null ? 'not begun' : lateText(behind);
      sayLine(`${name}: ${host}, ${Array.isArray(events) ? events.join(', ') : 'all events'}; ${late}`);
    }
  } finally {
    await close();
  }
}

function lateText({ records, waitedMs }: { readonly records: number; readonly waitedMs: number }): string {
  return records === 0
    ? 'has everything'
    : `${records} records of the audit wait, the oldest for ${durationText(waitedMs)}`;
}

/** `jit webhooks replay <name> --since <instant>`: posts again what was recorded since then, each event with its `webhook-id` of before. */
export async function webhooksReplayVerb(file: string, name: string, { since }: { readonly since: Instant }) {
  const config = await loadConfig(file);
  const isHook = config.audit.https.some((one) => one.kind === 'events' && one.name === name);
  if (!isHook) throw noHook(name);
  const { compose } = await import('../compose.ts');
  const { deps, close } = await compose(config, commandLog());
  try {
    const { evidence } = deps;
    const sink = evidence?.sinks.find((one) => one.name === name);
    if (!evidence || !sink) throw noHook(name);
    const why = `${name}, since ${new Date(since).toISOString()}`;
    const attempt = { event: 'post again', by: commandLine(), as: 'commandLine', why } as const;
    const { records, lost } = await act(deps, attempt, async (posting) => {
      await posting.begin();
      return replay(deps, evidence, { sink, since, signal: AbortSignal.timeout(LIMIT_MS) });
    });
    sayLine(`${records} records of the audit were gone through again; ${name} got the events of them that it wants.`);
    if (lost === 0) return;
    sayNotDone(`${lost} records of that time are not in Redis any more: \`jit audit export\` has them from the files.`);
  } finally {
    await close();
  }
}

function noHook(name: string) {
  return badConfig([`no webhook is called ${name}; \`jit webhooks list\` names them`], undefined, 'The command');
}
