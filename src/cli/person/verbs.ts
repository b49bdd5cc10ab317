import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { JitError } from '../../core/errors/errors.ts';
import { parseDuration } from '../../core/language/duration.ts';
import { done, list, machines, page, self, shown, signIn as signInSchema } from '../../http/api/schemas.ts';
import { printJson } from '../output.ts';
import { quoted } from '../words.ts';
import { openPage } from './browser.ts';
import { EXITS } from './exits.ts';
import { ApiRefusal, ask, type Server, serverFor } from './server.ts';
import { keepSession, lastServer, serverOf, sessionFile } from './session.ts';
import { signInWithBrowser, signInWithDevice } from './sign-in.ts';
import { answerTo, isAnswered, tell, tone } from './terminal.ts';
import { isOver, standing, type ToldRequest, untilOpen } from './wait.ts';

/** What each command may be told besides. */
export interface Choices {
  readonly server?: string;
  readonly json?: boolean;
}

export interface WaitChoices extends Choices {
  readonly wait?: boolean;
  readonly timeout: string;
}

/** `jit login [server]`: at a page in the browser, or with a code. */
export async function loginVerb(
  given: string | undefined,
  { device = false, browser = true }: { readonly device?: boolean; readonly browser?: boolean },
): Promise<void> {
  const named = given ?? process.env.JIT_SERVER ?? lastServer();
  if (named === undefined) throw new JitError('notLoggedIn', { why: 'no address of a Drawbridge is known' });
  const server = serverOf(named);
  const how = await ask(server, 'sign-in', {}, signInSchema);
  const { deviceClientId, ...rest } = how;
  const offered = { ...rest, ...(deviceClientId === undefined ? {} : { deviceClientId }) };
  tell(`Signing in to ${server} (${how.installation}).`, process.stderr);
  const token = device
    ? await signInWithDevice(offered, ({ address, code }) => {
        tell(`Open ${address} in a browser and type ${code}.`, process.stderr);
        tell('Such a sign-in lists and requests, and nothing else.', process.stderr);
      })
    : await signInWithBrowser(offered, async (address) => {
        process.stderr.write(`Sign in at this page, on this computer:\n${address}\n`);
        if (browser) await openPage(address);
      });
  keepSession({ server, ...token });
  const { name } = await serverFor(server).get('whoami', self);
  tell(`You are signed in as ${name} until ${new Date(token.until).toISOString().slice(11, 16)} UTC.`);
}

/** `jit logout`: the token is taken off this computer. It counts until its end elsewhere, at most an hour and a half. */
export function logoutVerb(): void {
  let server: string | undefined;
  try {
    server = lastServer();
  } catch {
    // Others can read it: what it says is not kept.
  }
  keepSession(server === undefined ? {} : { server }, sessionFile());
  tell('You are signed out on this computer.');
}

/** `jit request …` in the words of chat. */
export async function requestVerb(words: readonly string[], choices: WaitChoices): Promise<void> {
  const server = serverFor(choices.server);
  const said = await server.post('requests', { words: await withMe(server, words) }, done, randomUUID());
  await told(server, said, choices);
}

/** `jit status [id]`: what concerns you, or how one request stands. */
export async function statusVerb(id: string | undefined, choices: WaitChoices): Promise<void> {
  if (id === undefined) return listVerbOf(undefined, choices);
  const server = serverFor(choices.server);
  const { request } = await server.get(`requests/${encodeURIComponent(id)}`, shown);
  await told(server, { request, said: [standing(request)] }, choices);
}

/** What is not there, by what was looked for: of all else it says nothing. */
const NONE: Readonly<Record<string, string>> = {
  '': 'You have no open or pending requests, and nothing waits for your decision.',
  mine: 'You have no open or pending requests.',
  pending: 'Nothing waits for your decision.',
  all: 'Nothing is open, and nothing waits for a decision.',
};

/** `jit list [mine|pending|all]`. */
export async function listVerbOf(whose: string | undefined, { server: at, json = false }: Choices): Promise<void> {
  const asked = whose === undefined ? '' : `?whose=${encodeURIComponent(whose)}`;
  const { requests, next, notes } = await serverFor(at).get(`requests${asked}`, list);
  if (json) return printJson({ requests, ...(next === undefined ? {} : { next }), notes });
  for (const request of requests)
    tell(`${tone('bold', request.id)}  ${standing(request)} · for ${request.requester.name}`);
  if (requests.length === 0) tell(NONE[whose ?? ''] ?? 'There are none.');
  if (next !== undefined) tell(`These are the newest ${requests.length} of more.`);
  for (const note of notes) tell(note);
}

export async function showVerbOf(id: string, { server: at, json = false }: Choices): Promise<void> {
  const answer = await serverFor(at).get(`requests/${encodeURIComponent(id)}`, shown);
  if (json) printJson(answer.request);
  else tellPage(answer.page);
}

export async function machinesVerbOf(like: readonly string[], { server: at, json = false }: Choices): Promise<void> {
  const answer = await serverFor(at).get(`machines?like=${encodeURIComponent(like.join(' '))}`, machines);
  if (json) return printJson(answer);
  for (const { name, where } of answer.machines) tell(`${tone('bold', name)}  ${where}`);
  if (answer.machines.length === 0) {
    const which = like.length === 0 ? '' : ` of which “${like.join(' ')}” is part of the name, place, or tags`;
    tell(`There is no machine that you may request${which}.`);
  }
}

export async function whoamiVerb({ server: at, json = false }: Choices): Promise<void> {
  const answer = await serverFor(at).get('whoami', self);
  if (json) return printJson(answer);
  for (const line of answer.says) tell(line);
  const end = answer.until === undefined ? '' : ` You are signed in until ${answer.until.slice(11, 16)} UTC.`;
  tell(`Drawbridge sees you at ${answer.address}.${end}`);
  if (answer.isLimited) tell('You signed in with a device code: you may list and request, and nothing else.');
}

/** `jit why`, `jit explain`, `jit recommend`: a page in words. */
export async function pageVerb(
  which: 'why' | 'explain' | 'recommend',
  words: readonly string[],
  { server: at, json = false }: Choices,
): Promise<void> {
  const server = serverFor(at);
  const asked = which === 'recommend' ? '' : `?words=${encodeURIComponent(await withMe(server, words))}`;
  const answer = await server.get(`${which}${asked}`, page);
  if (json) printJson(answer);
  else tellPage(answer);
}

/** `jit approve <id>`: where its policy wants more, the page of the sign-in is opened, or the number is asked for. */
export async function approveVerb(
  id: string,
  { number, reason, ...choices }: Choices & { readonly number?: string; readonly reason?: string },
): Promise<void> {
  const server = serverFor(choices.server);
  const path = `requests/${encodeURIComponent(id)}/approve`;
  const given = { ...(number === undefined ? {} : { number }), ...(reason === undefined ? {} : { reason }) };
  try {
    await told(server, await server.post(path, given, done), choices);
  } catch (error) {
    if (!(error instanceof ApiRefusal) || !error.stepUp) throw error;
    if ('link' in error.stepUp) {
      if (new URL(error.stepUp.link).origin !== server.url) throw error;
      tell(`Sign in at this page to approve it:\n${error.stepUp.link}`, process.stderr);
      if (isAnswered()) await openPage(error.stepUp.link);
      process.exitCode = EXITS.waits[0];
      return;
    }
    tell(error.message, process.stderr);
    const numbers = error.stepUp.numbers.join(', ');
    const how = `--number with the one that they tell you: ${numbers}`;
    const picked = await answerTo(`Which number was the requester told (${numbers})?`, { what: 'The number', how });
    await told(server, await server.post(path, { number: picked }, done), choices);
  }
}

/** `jit deny`, `jit revoke`, `jit withdraw`: with a reason behind them, as in chat. */
export async function endVerb(
  verb: 'deny' | 'revoke' | 'withdraw',
  id: string,
  words: readonly string[],
  choices: Choices,
): Promise<void> {
  const reason = words.join(' ').replace(/^because\s+/i, '');
  const server = serverFor(choices.server);
  const body = reason === '' ? {} : { reason };
  await told(server, await server.post(`requests/${encodeURIComponent(id)}/${verb}`, body, done), choices);
}

export async function extendVerb(id: string, words: readonly string[], choices: Choices): Promise<void> {
  const server = serverFor(choices.server);
  const path = `requests/${encodeURIComponent(id)}/extend`;
  await told(server, await server.post(path, { words: words.map(quoted).join(' ') }, done), choices);
}

/** Says what was done; with `--wait`, waits for what comes of it. */
async function told(
  server: Server,
  { request, said }: z.output<typeof done>,
  { json = false, ...choices }: Choices & Partial<WaitChoices>,
): Promise<void> {
  if (!json) for (const line of said) tell(line);
  const last = choices.wait ? await untilOpen(server, request.id, timeOf(choices.timeout ?? '30m')) : request;
  if (json) printJson(last);
  else if (choices.wait) tell(tone(last.status === 'active' ? 'green' : 'red', standing(last)));
  if (choices.wait && last.status !== 'active') process.exitCode = EXITS.refused[0];
}

export function timeOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new JitError('malformedDuration', { word: text.slice(0, 40) });
  return ms;
}

/** `from me` is the address that the server sees; it is said, as it is what others decide about. */
export async function withMe(server: Server, words: readonly string[]): Promise<string> {
  const at = words.findIndex((word, i) => word.toLowerCase() === 'from' && words[i + 1]?.toLowerCase() === 'me');
  const because = words.findIndex((word) => word.toLowerCase() === 'because');
  const said = (word: string, i: number) => (because >= 0 && i > because ? word : quoted(word));
  if (at < 0 || (because >= 0 && because < at)) return words.map(said).join(' ');
  const { address } = await server.get('whoami', self);
  tell(`You are at ${address}, as Drawbridge sees it.`, process.stderr);
  return words.map((word, i) => (i === at + 1 ? address : said(word, i))).join(' ');
}

function tellPage({ title, sections }: z.output<typeof page>): void {
  tell(tone('bold', title));
  for (const { heading, lines } of sections) {
    if (heading !== '') tell(`\n${heading}`);
    for (const line of lines) tell(line);
  }
}

/** What somebody has open on a machine at a port, if it lasts a while. */
export async function openOn(server: Server, machine: string, port: string): Promise<ToldRequest | undefined> {
  const { requests } = await server.get('requests?whose=mine', list);
  const name = machine.toLowerCase();
  return requests.find(
    (one) =>
      !isOver(one) &&
      one.status !== 'scheduled' &&
      one.ports.includes(port) &&
      [one.machine.name.toLowerCase(), one.machine.id.toLowerCase()].includes(name),
  );
}
