import { setTimeout as wait } from 'node:timers/promises';
import { type ClosedAll, closeAll } from '../app/inbox/close-all.ts';
import { closeStray, strayCalled } from '../app/inbox/strays.ts';
import { converge } from '../app/machine/converge.ts';
import { revoke } from '../app/request/end.ts';
import { ended } from '../app/request/words.ts';
import { type Composed, compose } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import { parseCommand } from '../core/language/grammar.ts';
import { plain } from '../core/language/text.ts';
import type { Request } from '../core/request/request.ts';
import { commandLine } from './command-line.ts';
import { commandLog } from './command-log.ts';
import { sayLine, sayNotDone, show } from './output.ts';
import { quoted } from './words.ts';

/** How long the command stays to see that it is closed. */
const PATIENCE_MS = 120_000;
const AGAIN_MS = 1_000;

type Deps = Composed['deps'];

/**
 * `jit revoke <id> [because <reason>]` and `jit close all [confirm <code>]`, read as in chat. They need neither a chat nor a
 * Drawbridge that runs: what is ended is closed here. Exit code 1 when something is not closed yet.
 */
export async function closeVerb(file: string, words: readonly string[]): Promise<void> {
  const ask = parseCommand(words.map(quoted).join(' '), new Map());
  const composed = await compose(await loadConfig(file), commandLog());
  const deps: Deps = { ...composed.deps, acting: commandLine(), via: 'command line' };
  try {
    if (ask.verb === 'close all') {
      const result = await closeAll(deps, commandLine(), ask);
      if ('page' in result) return show(result.page);
      return await finish(deps, result);
    }
    if (ask.verb !== 'revoke') return;
    const { which = '', reason } = ask;
    const stray = await strayCalled(deps, which);
    if (stray) return sayLine(plain(await closeStray(deps, commandLine(), stray, reason)));
    const request = await revoke(deps, commandLine(), which, reason);
    await finish(deps, { requests: [request], lines: [], failed: 0 });
  } finally {
    await composed.close();
  }
}

async function finish(deps: Deps, { requests, lines, failed }: ClosedAll): Promise<void> {
  for (const line of lines) sayLine(plain(line));
  const open = await closeHere(deps, requests);
  for (const { id } of requests) {
    const { request } = await deps.store.load(id);
    if (request) sayLine(plain(ended(request)));
  }
  if (open > 0) sayNotDone(`${open} not closed yet. A Drawbridge that runs goes on trying; \`npx jit list\` shows it.`);
  if (failed > 0) process.exitCode = 1;
}

/** Closes beside whoever else does, until all are or patience ends. Gives how many are not. */
async function closeHere(deps: Deps, requests: readonly Request[]): Promise<number> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  let left = await stillOpen(deps, requests);
  while (left.length > 0 && !signal.aborted) {
    const machines = [...new Set(left.map(({ machine }) => machine))];
    // What is held elsewhere is closed there.
    await Promise.allSettled(machines.map((machine) => converge(deps, machine, signal)));
    left = await stillOpen(deps, left);
    if (left.length > 0) await wait(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
  return left.length;
}

async function stillOpen(deps: Deps, requests: readonly Request[]): Promise<readonly Request[]> {
  const now = await Promise.all(requests.map(({ id }) => deps.store.load(id)));
  return now.flatMap(({ request }) => (request && request.status !== 'ended' ? [request] : []));
}
