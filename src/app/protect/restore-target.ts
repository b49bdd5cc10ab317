import type { AuditFacts } from '../../core/audit/entry.ts';
import { JitError } from '../../core/errors/errors.ts';
import type { RestoreAsk } from '../../core/language/command.ts';
import { say } from '../../core/language/say.ts';
import type { CloudName, Machine } from '../../core/machine/machine.ts';
import { match } from '../../core/machine/match.ts';
import type { Cloud } from '../../ports/cloud.ts';
import type { Lockdown, PutBackAsk } from '../../ports/lockdown.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { inventory } from '../machine/inventory.ts';
import type { ProtectActor } from './actor.ts';
import { factsOf } from './facts.ts';
import { keysOf } from './hold.ts';

/** What is put back in one cloud, and the locks that it takes. */
export interface Target {
  /** `web-1`, `aws-3f2a…`. */
  readonly name: string;
  /** `what was closed for web-1`. */
  readonly what: string;
  readonly cloud: Cloud & Lockdown;
  readonly which: PutBackAsk;
  readonly keys: readonly string[];
  readonly facts: AuditFacts;
}

/** The word for all records of all clouds: for the command line alone. */
const ALL = 'all';
const RECORD = /^(aws|azure)-[a-z0-9]{1,40}$/;

/** What is meant by the name or id of a machine, the id of an undo record, or, at the command line, `all`. */
export async function targetsOf(deps: Deps, ask: RestoreAsk, actor: ProtectActor): Promise<readonly Target[]> {
  const whole = ask.whole ? { whole: true } : {};
  const word = ask.which.toLowerCase();
  if (word === ALL && !('person' in actor)) return allOf(deps, whole);
  const record = RECORD.exec(word);
  if (record) return [await recordTarget(deps, word, record[1] as CloudName, whole)];
  const machine = match(await inventory(deps, answerInTime()), ask.which);
  return [await machineTarget(deps, machine, whole)];
}

async function machineTarget(deps: Deps, machine: Machine, whole: PutBackAsk): Promise<Target> {
  const cloud = able(cloudFor(deps, machine.id));
  if (!cloud) throw new JitError('nothingClosed', { what: machine.name });
  const keys = await keysOf(deps, machine, true);
  return {
    name: machine.name,
    what: `what was closed for ${machine.name}`,
    cloud,
    which: { machine: machine.id, ...whole },
    keys,
    facts: factsOf(machine),
  };
}

async function recordTarget(deps: Deps, id: string, name: CloudName, whole: PutBackAsk): Promise<Target> {
  const cloud = able(deps.clouds.get(name));
  const record = (await deps.undo.all(name)).find((one) => one.id === id);
  if (!cloud || !record) throw new JitError('unknownRecord', { id });
  const key = cloud.lockdownKey?.(record) ?? record.at;
  return {
    name: id,
    what: `what ${id} records`,
    cloud,
    which: { records: [id], ...whole },
    keys: [key],
    facts: { cloud: name },
  };
}

async function allOf(deps: Deps, whole: PutBackAsk): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const cloud of deps.clouds.values()) {
    const can = able(cloud);
    const records = can ? await deps.undo.all(can.cloud) : [];
    if (!can || records.length === 0) continue;
    const keys = [...new Set(records.map((record) => can.lockdownKey?.(record) ?? record.at))];
    targets.push({
      name: 'any machine',
      what: 'everything that was closed',
      cloud: can,
      which: whole,
      keys,
      facts: { cloud: can.cloud },
    });
  }
  if (targets.length === 0) throw new JitError('nothingClosed', { what: say`any machine` });
  return targets;
}

function able(cloud: Cloud | undefined): (Cloud & Lockdown) | undefined {
  return cloud?.planPutBack && cloud.putBack && cloud.planLockdown && cloud.lockDown
    ? (cloud as Cloud & Lockdown)
    : undefined;
}
