import { type Code, JitError } from '../../core/errors/errors.ts';
import type { Command } from '../../core/language/command.ts';
import { commandText } from '../../core/language/command-text.ts';
import { parseDuration } from '../../core/language/duration.ts';
import { parsePort, uniquePorts } from '../../core/rule/port.ts';

/** The whole command with what would pass in place of what was refused, where the refusal names it. */
export function corrected(command: Command, error: unknown): unknown {
  if (!(error instanceof JitError) || error.correction !== '') return error;
  const all = [error, ...error.others];
  // Where something else stands against it as well, the rest of it would be refused again.
  if (all.some(({ choices }) => choices.length === 0)) return error;
  const [first, ...more] = all.reduce<readonly Command[]>(
    (commands, { code, choices }) =>
      commands.flatMap((one) => choices.flatMap((choice) => changed(one, code, choice) ?? [])),
    [command],
  );
  if (!first) return error;
  const texts = [first, ...more].slice(0, 3).map((one) => `\`/jit ${commandText([one])}\``);
  return error.instead([...new Set(texts)].join(' or '));
}

type Change = (command: Command, choice: string) => Command | undefined;

function changed(command: Command, code: Code, choice: string): Command | undefined {
  return CHANGES[code]?.(command, choice);
}

const machine: Change = (command, choice) => {
  switch (command.verb) {
    case 'request':
    case 'break-glass':
      if (command.ask) return { ...command, ask: { ...command.ask, machine: choice } } as Command;
      return command.typed ? { ...command, typed: { ...command.typed, machine: choice } } : undefined;
    case 'why':
    case 'explain':
    case 'unprotect':
    case 'drill':
      return { ...command, machine: choice };
    case 'restore':
      return { ...command, which: choice };
    case 'protect':
      return command.which.length === 1 ? { ...command, which: [choice] } : undefined;
    default:
      return undefined;
  }
};

const request: Change = (command, choice) =>
  'which' in command && !Array.isArray(command.which) ? ({ ...command, which: choice } as Command) : undefined;

const time: Change = (command, choice) => {
  const forMs = parseDuration(choice);
  if (forMs === undefined) return undefined;
  const said = asking(command, (ask) => ({ ...without(ask, 'until'), forMs }));
  if (said) return said;
  if (command.verb === 'extend') return { ...without(command, 'until'), forMs };
  return command.verb === 'less' ? { ...command, less: { ...command.less, forMs } } : undefined;
};

const ports: Change = (command, choice) => {
  const all = choice.split(', ').flatMap((port) => parsePort(port) ?? []);
  return all.length > 0 ? asking(command, (ask) => ({ ...ask, ports: uniquePorts(all) })) : undefined;
};

const asItIs: Change = (command, choice) =>
  command.verb === 'less'
    ? { verb: 'approve', which: choice, ...(command.reason ? { reason: command.reason } : {}) }
    : undefined;

const source: Change = (command, choice) => asking(command, (ask) => ({ ...ask, source: choice }));

/** What may stand in place of what was refused. */
const CHANGES: Readonly<Partial<Record<Code, Change>>> = {
  unknownMachine: machine,
  ambiguousMachine: machine,
  requestForMachine: machine,
  whichSandbox: machine,
  ambiguousRequest: request,
  unknownRequest: request,
  nothingFits: request,
  tooShort: time,
  tooLong: time,
  policyDuration: time,
  policyExtension: time,
  protectedDuration: time,
  policyPort: ports,
  notProtected: ports,
  severalPrefixes: source,
  policyOtherSource: source,
  offerNotLess: asItIs,
};

type Terms = Pick<
  NonNullable<Extract<Command, { readonly verb: 'request' }>['ask']>,
  'ports' | 'forMs' | 'until' | 'source'
>;

/** The same command with other terms; undefined for one that asks for no access. */
function asking(command: Command, change: (terms: Terms) => object): Command | undefined {
  if (command.verb === 'explain') return { ...command, ...change(command) };
  const isAsk = command.verb === 'request' || command.verb === 'break-glass';
  return isAsk && command.ask ? ({ ...command, ask: change(command.ask) } as Command) : undefined;
}

function without<T extends object, K extends keyof T>(all: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = all;
  return rest;
}
