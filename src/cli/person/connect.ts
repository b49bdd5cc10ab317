import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect as connectTo, isIP, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { JitError } from '../../core/errors/errors.ts';
import { done } from '../../http/api/schemas.ts';
import { openWith } from './browser.ts';
import { EXITS } from './exits.ts';
import { type Server, serverFor } from './server.ts';
import { answerTo, cleaned, isAnswered, tell } from './terminal.ts';
import { openOn, timeOf } from './verbs.ts';
import { standing, type ToldRequest, untilOpen } from './wait.ts';

export interface ConnectChoices {
  readonly server?: string;
  readonly because?: string;
  readonly for?: string;
  readonly from?: string;
  readonly port?: string;
  readonly user?: string;
  readonly timeout: string;
  readonly close?: boolean;
  readonly proxy?: boolean;
  readonly out?: string;
  readonly open?: boolean;
}

/** What is asked for in place of a machine may be `user@machine`, as ssh takes it. */
const USER = /^[A-Za-z0-9_][\w.\\-]{0,63}$/;
/** A rule that was just written takes a while until packets pass. */
const REACHED_MS = 20_000;
const TRY_MS = 3_000;

interface Way {
  readonly request: ToldRequest;
  readonly address: string;
  readonly port: number;
}

/** `jit ssh [user@]machine [-- ssh’s words]`; with `--proxy`, what `ProxyCommand` runs. */
export async function sshVerb(typed: string, words: readonly string[], choices: ConnectChoices): Promise<void> {
  const { machine, user } = named(typed, choices.user);
  const server = serverFor(choices.server);
  const [first] = words;
  const port = portOf((choices.proxy ? first : undefined) ?? choices.port ?? '22');
  const way = await wayTo(server, { machine, port }, choices);
  const { address } = way;
  await reached(way);
  if (choices.proxy) return piped(way);
  // NB. an address that was checked and no name, behind `--`: nothing of a tag or an answer becomes an option of ssh.
  const more = user === undefined ? [] : ['-l', user];
  const code = await ran('ssh', [...words, ...more, '-p', String(way.port), '--', address], address);
  await offerToClose(server, way.request, choices.close);
  process.exitCode = code;
}

/** `jit rdp machine`: writes a file for the client of Remote Desktop, and opens it where it can. */
export async function rdpVerb(typed: string, choices: ConnectChoices): Promise<void> {
  const { machine, user } = named(typed, choices.user);
  const server = serverFor(choices.server);
  const way = await wayTo(server, { machine, port: portOf(choices.port ?? '3389') }, choices);
  await reached(way);
  const file = choices.out ?? join(mkdtempSync(join(tmpdir(), 'jit-')), `${way.request.id}.rdp`);
  writeFileSync(file, rdpFile(way, user), { mode: 0o600, flag: 'wx' });
  // A path, which may have spaces: nothing of it is broken.
  process.stdout.write(`${cleaned(file)}\n`);
  if (choices.open !== false && !(await openWith(file)))
    tell(`Open it with your Remote Desktop client.`, process.stderr);
  await offerToClose(server, way.request, choices.close);
}

/** Settings of Remote Desktop: one a line, with CRLF. No password, and nothing of this computer is shared. */
export function rdpFile({ address, port }: Pick<Way, 'address' | 'port'>, user: string | undefined): string {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return [
    `full address:s:${host}:${port}`,
    ...(user === undefined ? [] : [`username:s:${user}`]),
    'prompt for credentials:i:1',
    'authentication level:i:2',
    'enablecredsspsupport:i:1',
    'redirectclipboard:i:0',
    'drivestoredirect:s:',
    '',
  ].join('\r\n');
}

/** `user@machine`, or a machine and who is given apart. Throws `malformedCall` for what is no name of a user. */
function named(typed: string, given: string | undefined): { readonly machine: string; readonly user?: string } {
  const at = typed.indexOf('@');
  const user = given ?? (at > 0 ? typed.slice(0, at) : undefined);
  if (user !== undefined && !USER.test(user))
    throw new JitError('malformedCall', { faults: 'the name of the user has letters that none has' });
  return { machine: typed.slice(at + 1), ...(user === undefined ? {} : { user }) };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new JitError('malformedPort', { word: text.slice(0, 40) });
  return port;
}

/** Where to connect: through what is open already, or what is asked for now and decided. Throws where it is refused. */
async function wayTo(
  server: Server,
  { machine, port }: { readonly machine: string; readonly port: number },
  choices: ConnectChoices,
): Promise<Way> {
  const own = (await openOn(server, machine, String(port))) ?? (await asked(server, { machine, port }, choices));
  const request = await untilOpen(server, own.id, timeOf(choices.timeout));
  if (request.status !== 'active') {
    tell(standing(request), process.stderr);
    throw new JitError('notOpened', { machine: request.machine.name, status: request.status, id: request.id });
  }
  const dial = request.connect?.find(({ of, address }) => of === String(port) && isIP(address) !== 0);
  if (!dial) throw new JitError('noWayIn', { machine: request.machine.name, port, id: request.id });
  return { request, address: dial.address, port: portOf(String(dial.port)) };
}

async function asked(
  server: Server,
  { machine, port }: { readonly machine: string; readonly port: number },
  choices: ConnectChoices,
): Promise<ToldRequest> {
  const missing = { what: 'The reason', how: '--because <reason>' };
  const because = choices.because ?? (await answerTo(`Why do you need ${machine}?`, missing));
  const body = {
    ...{ machine, ports: [String(port)], because },
    ...(choices.for === undefined ? {} : { for: choices.for }),
    ...(choices.from === undefined ? {} : { from: choices.from }),
  };
  const { request, said } = await server.post('requests', body, done, randomUUID());
  for (const line of said) tell(line, process.stderr);
  return request;
}

/** Waits a little until something answers. If nothing does, the program that connects says so in its own words. */
async function reached({ address, port }: Way): Promise<void> {
  const until = performance.now() + REACHED_MS;
  while (performance.now() < until) {
    const socket = await opened(address, port).catch(() => undefined);
    if (socket) return void socket.destroy();
    await pause(500);
  }
}

function opened(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTo({ host: address, port, timeout: TRY_MS });
    const fail = () => {
      socket.destroy();
      reject(new JitError('serverAway', { server: `${address}:${port}`, why: 'nothing answers there' }));
    };
    socket.once('error', fail).once('timeout', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

/** What ssh says goes there, and back; stdout has nothing else on it. It ends when either side does. */
async function piped({ address, port }: Way): Promise<void> {
  const socket = await opened(address, port);
  process.stdin.pipe(socket).pipe(process.stdout);
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.once('error', () => resolve());
  });
  process.stdin.destroy();
}

function ran(program: string, words: readonly string[], address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'inherit', shell: false });
    child.once('error', (cause) => reject(new JitError('noProgram', { program, address }, { cause })));
    child.once('exit', (code) => resolve(code ?? EXITS.fault[0]));
  });
}

/** At the end: closed if that was said, asked where somebody sits, and else left until its time. */
async function offerToClose(server: Server, { id, machine, until }: ToldRequest, close: boolean | undefined) {
  const left = `${machine.name} stays open until ${until?.slice(11, 16)} UTC; to close it now: jit revoke ${id}`;
  const isWanted = close ?? (isAnswered() && !/^n/i.test(await answerTo('Close it now? [Y/n]', { what: '', how: '' })));
  if (!isWanted) return tell(left, process.stderr);
  const { said } = await server.post(`requests/${id}/revoke`, {}, done);
  for (const line of said) tell(line, process.stderr);
}
