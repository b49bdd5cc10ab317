import { type Code, JitError } from '../../core/errors/errors.ts';
import type { Command } from '../../core/language/command.ts';
import { commandText } from '../../core/language/command-text.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import { isInForce } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';
import { mayDeny } from '../request/decide.ts';
import { mayEnd } from '../request/end.ts';

interface Refused {
  readonly deps: Deps;
  readonly person: Person;
  readonly error: JitError;
  /** Absent where nothing was typed: a press, or a form. */
  readonly command: Command | undefined;
}

type Remedy = (refused: Refused) => Command | undefined | Promise<Command | undefined>;

const STOPPING: readonly Command['verb'][] = ['deny', 'withdraw', 'revoke'];

/** Whoever wanted to stop it is told the word by which they may, as it stands now, with the reason that they gave. */
const stopping: Remedy = async ({ deps, person, error, command }) => {
  const isStopping = command !== undefined && STOPPING.includes(command.verb);
  const meant = isStopping && 'which' in command ? command.which : undefined;
  const which = error.choices[0] ?? meant;
  if (typeof which !== 'string' || (command && !isStopping && error.code !== 'stillLeased')) return undefined;
  const reason = isStopping && 'reason' in command ? command.reason : undefined;
  const verb = await stoppedBy(deps, person, which.toLowerCase());
  if (verb === undefined || verb === command?.verb) return undefined;
  const because = reason ?? (verb === 'deny' ? '<reason>' : undefined);
  return { verb, which: which.toLowerCase(), ...(because ? { reason: because } : {}) };
};

/** The same as a request, which others decide. */
const asRequest: Remedy = ({ command }) => {
  if (command?.verb !== 'break-glass') return undefined;
  const { ask, typed } = command;
  if (!ask) return { verb: 'request', ...(typed ? { typed } : {}) };
  const { confirm: _, ...same } = ask;
  return { verb: 'request', ask: same };
};

/** What this person may type next, where the refusal itself cannot know who reads it or what was typed. */
const REMEDIES: Readonly<Partial<Record<Code, Remedy>>> = {
  notProtected: ({ person, error, deps: { rules } }) => {
    const { machine } = error.words;
    return typeof machine === 'string' && isMeant(person, rules.protectors)
      ? { verb: 'protect', which: [machine] }
      : undefined;
  },
  notSecurity: ({ command }) =>
    command?.verb === 'close all' || command?.verb === 'list' ? { verb: 'list' } : undefined,
  missingDenyReason: ({ command }) =>
    command?.verb === 'deny' && command.which !== undefined ? { ...command, reason: '<reason>' } : undefined,
  ...{ alreadyApproved: stopping, waitsForNobody: stopping, moreTimeDenied: stopping, stillLeased: stopping },
  ...{ notOpen: stopping, nothingFitsThere: stopping, notYours: stopping, ownRequest: stopping },
  glassNotSet: asRequest,
  noBreakGlass: asRequest,
};

/** The same refusal with what to type, where something may be. */
export async function remedied(deps: Deps, person: Person, error: unknown, command?: Command): Promise<unknown> {
  if (!(error instanceof JitError) || error.correction !== '' || error.others.length > 0) return error;
  const remedy = await REMEDIES[error.code]?.({ deps, person, error, command });
  return remedy ? error.instead(`\`/jit ${commandText([remedy])}\``) : error;
}

/** For a promise: its refusal becomes one with what to type. */
export function remedying(deps: Deps, person: Person, command: Command): (error: unknown) => Promise<never> {
  return async (error) => {
    throw await remedied(deps, person, error, command);
  };
}

/** By what this person may stop a request, if at all. */
async function stoppedBy(deps: Deps, person: Person, id: string): Promise<'withdraw' | 'deny' | 'revoke' | undefined> {
  try {
    const { request } = await deps.store.load(id);
    if (request === undefined) return undefined;
    if (request.status === 'pending') {
      if (isTheirs(request, person.id)) return 'withdraw';
      await mayDeny(deps, person, request);
      return 'deny';
    }
    if (request.status !== 'scheduled' && !isInForce(request)) return undefined;
    await mayEnd(deps, person, request);
    return 'revoke';
  } catch {
    // It only says more of a refusal, which is told without it.
    return undefined;
  }
}
