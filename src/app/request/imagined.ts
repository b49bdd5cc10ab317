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
  readonly people: readonly Person[];
  readonly machine: Machine;
  readonly now: Instant;
  readonly log: Log;
  /** Who is on call, by schedule. */
  readonly onCall?: Readonly<Record<string, readonly string[]>>;
}

/** What would come of it, by the judgement of the real thing. Of the machine, all that is no matter of policies is as it has to be. */
export async function imagined(given: Imagined, asked: Case, signal: AbortSignal): Promise<PolicyOutcome> {
  const state = await stateOf(given.machine, asked.ports);
  return outcomeOf(await analyse(judging(given), { ...asked, machine: given.machine.id }, signal, async () => state));
}

function judging({ rules, people, machine, now, log, onCall = {} }: Imagined): Judging {
  return {
    rules,
    log,
    store: { now: async () => ({ at: now }) },
    directory: {
      byId: async (id) => people.find((person) => person.id === id),
      members: async (group) => people.filter((person) => isMeant(person, [group])),
    },
    clouds: new Map([
      [cloudOf(machine.id), { look: async () => stateOf(machine, []), bearers: async () => 'whoever bears it' }],
    ]),
    onCall: {
      now: async (schedule) => {
        const own = Object.hasOwn(onCall, schedule) ? onCall[schedule] : undefined;
        if (!own) throw new Error(`nobody is said to be on call for ${schedule}`);
        return own;
      },
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
