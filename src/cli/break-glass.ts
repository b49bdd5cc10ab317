import { setTimeout as wait } from 'node:timers/promises';
import { alarmOfGlass } from '../app/glass/alarm.ts';
import { breakSigned, type SignedAsk, type ToSign, toSign } from '../app/glass/signed.ts';
import { converge } from '../app/machine/converge.ts';
import { type Composed, compose } from '../compose.ts';
import { sourceNames } from '../config/house.ts';
import { loadConfig } from '../configuration.ts';
import { parseCommand } from '../core/language/grammar.ts';
import { plain } from '../core/language/text.ts';
import { namespaceOf, statementText } from '../core/request/statement.ts';
import { viewOf } from '../core/view/projection.ts';
import { commandLine } from './command-line.ts';
import { commandLog } from './command-log.ts';
import { sayLine, sayText } from './output.ts';
import { quoted } from './words.ts';

/** How long the command stays to see that it is open. */
const PATIENCE_MS = 120_000;
const AGAIN_MS = 1_000;
/** A Drawbridge that runs goes on telling. */
const ALARM_MS = 20_000;
const RULER = '-'.repeat(60);
const END = '-----END SSH SIGNATURE-----';
const LONGEST = 20_000;

interface Options {
  readonly as: string;
  readonly from?: string;
  readonly for?: string;
  readonly because: string;
}

type Deps = Composed['deps'];

/**
 * `jit break-glass <machine> [ports] --as <person> --because <reason> [--from <source>] [--for <time>]`: for when no chat works. Prints
 * what is to be signed, reads the signature, and opens it. Who has a shell here and no enrolled key opens nothing. Exit code 1
 * when it is not open.
 */
export async function breakGlassVerb(file: string, words: readonly string[], options: Options): Promise<void> {
  const composed = await compose(await loadConfig(file), commandLog());
  try {
    // Where changes of the rules need approval, the approved ones count, whatever the file says.
    await composed.keeper.look();
    const ask = askOf(words, options, sourceNames(composed.house.config));
    const deps: Deps = { ...composed.deps, acting: commandLine(), via: 'command line' };
    const asked: SignedAsk = { person: options.as, ask };
    const signing = await toSign(deps, asked);
    show(signing);
    const signature = await pasted();
    const { id } = await breakSigned(deps, asked, { statement: signing.statement, signature });
    await openHere(deps, id);
    await alarmOfGlass(deps, AbortSignal.timeout(ALARM_MS));
  } finally {
    await composed.close();
  }
}

function askOf(words: readonly string[], options: Options, names: ReturnType<typeof sourceNames>) {
  const { from, for: time, because } = options;
  const terms = [...words.map(quoted), ...(from ? ['from', quoted(from)] : []), ...(time ? ['for', time] : [])];
  const command = parseCommand(['break-glass', ...terms, 'because', because].join(' '), names);
  if (command.verb !== 'break-glass' || !command.ask) throw new Error('it was read as something else');
  return command.ask;
}

function show({ statement, told, reviewBy }: ToSign): void {
  const people = told.people.map(({ name }) => name).join(', ') || 'nobody';
  sayLine(
    `Nothing was opened yet. Told at once, as far as they can be reached: ${people}; channels: ${told.channels.length}.`,
  );
  sayLine(`A review is due by ${new Date(reviewBy).toISOString()}.`);
  sayLine(
    'On your own computer, write what is between the two lines to a file `ask.txt`, and sign it with your enrolled key:',
  );
  // Signed is what stands here, to the letter.
  sayText(
    [
      `  ssh-keygen -Y sign -n ${namespaceOf(statement.installation)} -f <key> ask.txt`,
      RULER,
      statementText(statement),
      RULER,
    ].join('\n'),
  );
  sayLine('Paste ask.txt.sig here. It counts for ten minutes.');
}

/** What is pasted, up to the end of a signature. */
async function pasted(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const part of process.stdin) {
    text += String(part);
    if (text.includes(END) || text.length > LONGEST) break;
  }
  process.stdin.pause();
  const from = text.indexOf('-----BEGIN');
  return text.slice(Math.max(0, from), text.includes(END) ? text.indexOf(END) + END.length : undefined);
}

/** Opens it beside whoever else does: it needs no Drawbridge that runs. */
async function openHere(deps: Deps, id: string): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    const { request } = await deps.store.load(id);
    if (request && (request.status !== 'activating' || signal.aborted)) {
      sayLine(`${id}: ${plain(viewOf(request).summary)}`);
      if (request.status !== 'active') process.exitCode = 1;
      return;
    }
    if (request) await converge(deps, request.machine, signal).catch(() => undefined);
    await wait(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}
