import { createHash } from 'node:crypto';
import { STRATEGIES } from '../../adapters/aws/index.ts';
import { AWS_ACCOUNT_ID, AWS_REGION } from '../../simulators/world.ts';
import { DAY_MS } from '../../src/core/language/instant.ts';
import { type Machine, type MachineId, machineId } from '../../src/core/machine/machine.ts';
import { type MarkedRule, type Placement, placementKey, type Rule } from '../../src/core/rule/rule.ts';
import type { CloudAdapter, Protector } from '../../src/ports/cloud.ts';

const WHERE = { account: AWS_ACCOUNT_ID, region: AWS_REGION };
const SSH = { number: 22, protocol: 'tcp' } as const;

/** EC2's long ids: a prefix and 17 hexadecimal digits. */
function ec2Id(prefix: string, seed: string): string {
  return `${prefix}-0${createHash('sha256').update(`${prefix} ${seed}`).digest('hex').slice(0, 16)}`;
}

/** A machine of the fleet. */
export function machineNumber(n: number): Machine {
  const id = machineId('aws', `${AWS_ACCOUNT_ID}:${AWS_REGION}:${ec2Id('i', String(n))}`);
  if (!id) throw new Error('no such id');
  return {
    id,
    name: `m-${String(n).padStart(4, '0')}`,
    tags: { env: 'prod' },
    location: `${AWS_ACCOUNT_ID}, ${AWS_REGION}`,
  };
}

/** Where the adapter would put such a rule. */
export function placementOf(rule: Rule): Placement {
  const id = ec2Id('sg', rule.machine);
  return STRATEGIES.dedicated.placementIn(WHERE, { id, name: id }, rule);
}

/**
 * AWS without its calls: only what Redis is given is measured here, and that has the ids and placements of the real
 * adapter.
 */
export function quietAws(count: number): CloudAdapter & Protector {
  const machines = Array.from({ length: count }, (_, i) => machineNumber(i + 1));
  const known = new Map(machines.map((machine) => [machine.id, machine]));
  const rules = new Map<MachineId, MarkedRule[]>();
  const look: CloudAdapter['look'] = async (id) => {
    const machine = known.get(id);
    if (!machine) throw new Error(`no machine ${id}`);
    return { machine, protection: { ports: [{ port: SSH, sources: [], longestMs: DAY_MS }] }, standing: [] };
  };
  return {
    cloud: 'aws',
    limits: { callMs: 5_000, readLagMs: 10_000 },
    machines: async () => ({ all: machines, unread: [] }),
    look,
    locate: async (wanted) => wanted.map(placementOf),
    observe: async (machine) => ({
      ours: rules.get(machine) ?? [],
      others: [],
      effective: [{ port: SSH, state: 'closed' }],
    }),
    open: async (openings) =>
      openings.map(({ placement, until }) => {
        const { machine } = placement.rule;
        const written = { ...placement, id: ec2Id('sgr', placementKey(placement)) };
        rules.set(machine, [...(rules.get(machine) ?? []), { placement: written, mark: 'valid', until }]);
        return { placement: written, outcome: 'opened' };
      }),
    close: async () => {},
    async *patrol() {},
    check: async () => {},
    protect: (machine, _, signal) => look(machine, signal),
    protectKey: async (machine) => machine,
    unprotect: look,
  };
}
