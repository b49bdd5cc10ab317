import { JitError } from '../../core/errors/errors.ts';
import type { WhyAsk } from '../../core/language/command.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { placesText } from '../../core/machine/match.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import { policiesFor } from '../../core/policy/policy.ts';
import type { Request } from '../../core/request/request.ts';
import { type Port, portText } from '../../core/rule/port.ts';
import { isGroup, parseSource, sourceText } from '../../core/rule/source.ts';
import type { Report } from '../../core/view/report.ts';
import { type TracedPort, traceReport } from '../../core/view/trace-page.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { inventory } from '../machine/inventory.ts';
import { machineMeant } from '../machine/meant.ts';
import { noRequest } from '../machine/no-request.ts';
import { reachedFromHere } from '../machine/witness.ts';
import { usualSource } from './asked-for.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };
/** Each is read anew, and all of it is one answer on one screen. */
const MOST_PORTS = 3;

/**
 * Can this packet get in now, through what, or what stops it? For those who may request the machine or protect machines, as the
 * answer names rules of its networks; without a person, on the command line, for whoever has the shell.
 */
export async function why(deps: Deps, person: Person | undefined, ask: WhyAsk): Promise<Report> {
  const signal = answerInTime();
  const machine = await machineMeant(deps, ask.machine, (one) => isTheirs(deps, person, one), signal);
  mayAsk(deps, person, machine);
  const typed = ask.source ?? (person && (await usualSource(deps, person, machine)));
  const source = typed === undefined ? undefined : meant(deps, typed);
  if (source === undefined) throw new JitError('missingSource');
  const policies = person ? policiesFor(deps.rules.policies, person, machine) : [];
  const port =
    ask.port ??
    (await cloudFor(deps, machine.id).look(machine.id, signal)).protection?.ports[0]?.port ??
    policies[0]?.ports[0] ??
    SSH;
  const [traced, notes] = await Promise.all([
    tracePort(deps, machine, { port, source }, signal),
    notesFromHere(deps, machine, [port], signal),
  ]);
  return traceReport([traced], { source, notes });
}

function meant({ rules }: Deps, typed: string): string | undefined {
  return isGroup(typed) ? typed : (rules.sources.get(typed)?.[0] ?? parseSource(typed));
}

/** The same for the machine, ports and source of a request: the button on its card. Throws `unknownRequest`, `machineGone`. */
export async function whyRequested(deps: Deps, person: Person, id: string): Promise<Report> {
  const { request } = await deps.store.load(id);
  if (!request) throw await noRequest(deps, id);
  const signal = answerInTime();
  const machine = await machineOf(deps, request, signal);
  mayAsk(deps, person, machine);
  const { source, ports } = request;
  const [first = SSH, ...rest] = ports;
  const trace = (port: Port) => tracePort(deps, machine, { port, source }, signal);
  const shown = rest.slice(0, MOST_PORTS - 1);
  const [own, notes, ...others] = await Promise.all([
    trace(first),
    notesFromHere(deps, machine, [first, ...shown], signal),
    ...shown.map(trace),
  ]);
  return traceReport([own, ...others], { source, notes: [...notesOf(request), ...notes] });
}

/** By its id: another machine may have its name by now. */
async function machineOf(deps: Deps, { machine, machineName }: Request, signal: AbortSignal): Promise<Machine> {
  const { all, unread } = await inventory(deps, signal);
  const found = all.find(({ id }) => id === machine);
  if (found) return found;
  if (unread.length > 0) throw new JitError('machineNotRead', { typed: machineName, places: placesText(unread) });
  throw new JitError('machineGone', { machine: machineName });
}

function mayAsk(deps: Deps, person: Person | undefined, machine: Machine): void {
  if (!isTheirs(deps, person, machine)) throw new JitError('noPolicy', { machine: machine.name });
}

function isTheirs({ rules }: Deps, person: Person | undefined, machine: Machine): boolean {
  if (!person || isMeant(person, rules.protectors)) return true;
  return policiesFor(rules.policies, person, machine).length > 0;
}

async function tracePort(
  deps: Deps,
  { id, name }: Machine,
  asked: { readonly port: Port; readonly source: string },
  signal: AbortSignal,
): Promise<TracedPort> {
  const cloud = cloudFor(deps, id);
  if (!cloud.trace) throw new JitError('noTrace', { machine: name });
  if (isGroup(asked.source) && !cloud.bearers)
    throw new JitError('groupOfOtherCloud', { source: sourceText(asked.source), machine: name });
  return { port: asked.port, trace: await cloud.trace({ machine: id, ...asked }, signal) };
}

/** A connection that succeeds is open to this computer: of any other source that says nothing. */
async function notesFromHere(deps: Deps, { id }: Machine, ports: readonly Port[], signal: AbortSignal) {
  const reached = await reachedFromHere(deps, cloudFor(deps, id), { machine: id, ports }, signal);
  return [...reached].map(
    ([port, address]): Line => [
      say`A connection from where Drawbridge runs to ${address} at port ${port} succeeds now: it is open from there.`,
    ],
  );
}

/** What the ways do not say of the access that is asked about. */
function notesOf(request: Request): readonly Line[] {
  const over =
    request.status === 'ended' || request.status === 'closing'
      ? [[say`This access ended ${{ at: request.ending.at }}; this is how it is now.`]]
      : [];
  const rest = request.ports.slice(MOST_PORTS);
  const [next] = rest;
  const more = next ? [say`Not looked at: ${rest.map(portText).join(', ')}; \`/jit why\` with that port tells.`] : [];
  return [...over, ...more.map((text): Line => [text])];
}
