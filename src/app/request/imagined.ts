import { DAY_MS, type Instant } from '../../core/language/instant.ts';
import { cloudOf, type Machine } from '../../core/machine/machine.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import { outcomeOf, type PolicyOutcome } from '../../core/policy/outcome.ts';
import type { HouseRules } from '../../core/policy/policy.ts';
import type { Port } from '../../core/rule/port.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Log } from '../../ports/log.ts';
import type { Case } from './case.ts';
import { analyse } from './judgement.ts';
import type { Judging } from './judging.ts';

/** What is taken for granted: nobody and nothing else is asked. */
export interface Imagined {
  readonly rules: HouseRules;
  readonly directory: Judging['directory'];
  readonly machine: Machine;
  readonly now: Instant;
  readonly log: Log;
  readonly onCall?: Judging['onCall'];
}

/** What would come of it, by the judgement of the real thing. Of the machine, all that is no matter of policies is as it has to be. */
export async function imagined(given: Imagined, asked: Case, signal: AbortSignal): Promise<PolicyOutcome> {
  const state = await stateOf(given.machine, asked.ports);
  return outcomeOf(await analyse(judging(given), { ...asked, machine: given.machine.id }, signal, async () => state));
}

function judging({ rules, directory, machine, now, log, onCall }: Imagined): Judging {
  const cloud = { look: () => stateOf(machine, []), bearers: async () => 'whoever bears it' };
  return {
    rules,
    log,
    store: { now: async () => ({ at: now }) },
    directory,
    clouds: new Map([[cloudOf(machine.id), cloud]]),
    tickets: { state: async () => 'open' },
    ...(onCall ? { onCall } : {}),
  };
}

/** These people, and nobody else. */
export function only(people: readonly Person[]): Judging['directory'] {
  return {
    byId: async (id) => people.find((person) => person.id === id),
    members: async (group) => people.filter((person) => isMeant(person, [group])),
  };
}

/** Those who are said to be on call, by schedule. */
export function onCallAs(said: Readonly<Record<string, readonly string[]>>): NonNullable<Judging['onCall']> {
  return {
    now: async (schedule) => {
      const own = Object.hasOwn(said, schedule) ? said[schedule] : undefined;
      if (!own) throw new Error(`nobody is said to be on call for ${schedule}`);
      return own;
    },
  };
}

/** Protected at what is asked for, for as long as there may be, and with sessions that can be cut. */
async function stateOf(machine: Machine, ports: readonly Port[]): Promise<MachineState> {
  return {
    machine,
    protection: { ports: ports.map((port) => ({ port, sources: [], longestMs: DAY_MS })) },
    standing: [],
    cutsSessions: true,
  };
}
