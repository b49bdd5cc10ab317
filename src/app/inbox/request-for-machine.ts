import { JitError } from '../../core/errors/errors.ts';
import type { Command } from '../../core/language/command.ts';
import { commandText } from '../../core/language/command-text.ts';
import type { Person } from '../../core/people/person.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import { isRequestId, type Request } from '../../core/request/request.ts';
import type { Report } from '../../core/view/report.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { machineMeant } from '../machine/meant.ts';
import { isSecurity } from '../request/end.ts';
import { whyRequested } from '../request/why.ts';
import { concerns } from './queries.ts';

/** What is done where a request is named in the place of a machine. */
type Instead = { readonly report: Report } | { readonly command: Command };

/**
 * A command that takes a machine, with the ID of a request instead, where no machine is called so: what only shows is told of that request's machine; what
 * asks, opens or protects is refused with what to type. Undefined where there is none that this person may see. Throws `requestForMachine`.
 */
export async function insteadOfMachine(
  deps: Deps,
  person: Person,
  command: Command,
  error: unknown,
): Promise<Instead | undefined> {
  const typed = machineIn(command)?.toLowerCase();
  if (!(error instanceof JitError) || error.code !== 'unknownMachine' || typed === undefined) return undefined;
  const request = isRequestId(typed) ? (await deps.store.load(typed)).request : undefined;
  if (!request || !(isSecurity(deps, person) || (await concerns(deps, person, request)))) return undefined;
  const { machine, ports, source, forMs } = request;
  if (command.verb === 'why') {
    if (!command.port && !command.source) return { report: await whyRequested(deps, person, request.id) };
    return { command: { ...command, machine, source: command.source ?? source } };
  }
  if (command.verb !== 'explain') throw refusal(person, command, request);
  const asked = command.ports.length > 0 ? command.ports : ports;
  return {
    command: { ...command, machine, ports: asked, forMs: command.forMs ?? forMs, source: command.source ?? source },
  };
}

/** The same before a form is opened for it: in a form, what was typed would be gone. Throws `requestForMachine`. */
export async function refuseForm(deps: Deps, person: Person, command: Command): Promise<void> {
  const typed = machineIn(command);
  if (!opensForm(command) || typed === undefined || !isRequestId(typed.toLowerCase())) return;
  try {
    await machineMeant(deps, typed, () => true, answerInTime());
  } catch (error) {
    await insteadOfMachine(deps, person, command, error);
  }
}

function opensForm(command: Command): boolean {
  if (command.verb === 'request' || command.verb === 'break-glass') return command.ask === undefined;
  return command.verb === 'protect' && command.ports === undefined && command.standing === undefined;
}

function machineIn(command: Command): string | undefined {
  switch (command.verb) {
    case 'request':
    case 'break-glass':
      return command.ask?.machine ?? command.typed?.machine;
    case 'protect':
      return command.which.length === 1 ? command.which[0] : undefined;
    case 'why':
    case 'explain':
    case 'unprotect':
    case 'drill':
      return command.machine;
    default:
      return undefined;
  }
}

function refusal(person: Person, command: Command, request: Request): JitError {
  const { id, machineName } = request;
  const words = { typed: id, machine: machineName };
  if (command.verb !== 'request') return new JitError('requestForMachine', words, { choices: [machineName] });
  const same: readonly Command[] = isTheirs(request, person.id) ? [{ verb: 'again', which: id }] : [];
  const named: Command = command.ask
    ? { ...command, ask: { ...command.ask, machine: machineName } }
    : { verb: 'request', typed: { ...command.typed, machine: machineName } };
  const all = [...same, named].map((one) => `\`/jit ${commandText([one])}\``);
  return new JitError('requestForMachine', words).instead(all.join(' or '));
}
