import { afterEach, beforeEach, expect, test } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/language/instant.ts';
import type { LockdownWay } from '../../../src/core/machine/lockdown.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { memoryUndo } from '../../memory/undo.ts';
import { often } from '../../setup/lane.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';

/** A small generator with a seed: the same steps every time. */
function dice(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const STEPS = often(200, 2_000);
const PORTS: readonly Port[] = PROTECTION.ports.map(({ port }) => port);
const LOST = [
  'AuthorizeSecurityGroupIngress',
  'RevokeSecurityGroupIngress',
  'ModifyNetworkInterfaceAttribute',
  'DeleteSecurityGroup',
];

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness({
    quotas: { groupsPerInterface: 16, rulesPerGroup: 1_000 },
    maxSkewMs: 1_000 * DAY_MS,
    asUser: true,
  });
});
afterEach(() => aws.stop());

/** As the program does it: what was not answered, or cannot be told yet, is tried again. */
async function stubbornly<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof JitError) || error.kind !== 'busy' || tries === 20) throw error;
      aws.advance(2_000);
    }
  }
}

/** All groups of others with their rules, and who has which, without the ids that AWS makes anew. */
function world() {
  const { groups, interfaces } = aws.sim.state();
  const nameOf = (id: string) => groups.find((group) => group.id === id)?.name ?? id;
  const isOurs = (name: string) => name.startsWith('drawbridge-');
  return {
    groups: Object.fromEntries(
      groups
        .filter(({ name }) => !isOurs(name))
        .map(({ name, rules }) => [
          name,
          rules
            .map(({ direction, protocol, fromPort, toPort, source, description, tags }) =>
              JSON.stringify([direction, protocol, fromPort, toPort, source, description, tags]),
            )
            .sort(),
        ]),
    ),
    interfaces: Object.fromEntries(
      interfaces.map(({ id, groups: of }) => [
        id,
        of
          .map(nameOf)
          .filter((name) => !isOurs(name))
          .sort(),
      ]),
    ),
    copies: groups.filter(({ name }) => name.startsWith('drawbridge-test-copy-')).length,
  };
}

test.each([10, 42])(
  `${STEPS} random protects, leases, lost replies, races and unprotects on shared groups leave everything as it was (seed %i)`,
  async (seed) => {
    const roll = dice(seed);
    const pick = <T>(list: readonly T[]): T => list[roll(list.length)] as T;
    const web = { name: 'web', rules: [{ port: 20, toPort: 25, source: '0.0.0.0/0', description: 'old' }] };
    const wide = { name: 'wide', rules: [{ protocol: '-1', source: '10.0.0.0/8', tags: { owner: 'ops' } }] };
    const rdp = {
      name: 'rdp',
      rules: [
        { port: 3389, source: '::/0' },
        { port: 443, source: '0.0.0.0/0' },
      ],
    };
    const specs = [[web], [web, wide], [wide, rdp], [web, wide, rdp], [rdp]];
    for (const [i, groups] of specs.entries())
      aws.sim.human.launch({ name: `m-${i}`, privateIp: `10.1.0.${50 + i}`, groups });
    aws.advance(HOUR_MS);
    const machines = specs.map((_, i) => aws.idOf(`m-${i}`));
    const undo = memoryUndo();
    const leases = new Map<MachineId, Placement[]>();
    const isProtected = new Set<MachineId>();
    const expected = world();
    let added = 0;

    const steps: readonly (() => Promise<void>)[] = [
      async () => {
        const machine = pick(machines);
        await stubbornly(() => aws.adapter.protect(machine, PROTECTION, never));
        isProtected.add(machine);
        await aws.adapter.lockDown(
          { machine, ports: PORTS, how: pick<LockdownWay>(['close', 'close', 'copy']) },
          undo,
          never,
        );
        const { standing } = await aws.adapter.look(machine, never);
        expect(standing).toEqual([]);
      },
      async () => {
        const machine = pick(machines);
        if ((leases.get(machine) ?? []).length > 0) return;
        await stubbornly(() => aws.adapter.unprotect(machine, never));
        isProtected.delete(machine);
        await stubbornly(() => aws.adapter.putBack({ machine }, undo, never));
      },
      async () => {
        const machine = pick(machines);
        if (!isProtected.has(machine)) return;
        const source = `203.0.113.${roll(250)}/32`;
        // A reading from before it was protected refuses, and the requester asks again.
        const placed = await aws.adapter.locate([{ machine, port: pick(PORTS), source }], never).catch((error) => {
          expect(error).toMatchObject({ code: 'notProtected' });
          return [];
        });
        const until = aws.now() + HOUR_MS;
        const note = { request: `r${roll(1e6)}`, requester: 'ada', approver: 'grace' };
        const openings = placed.map((placement) => ({ placement, until, now: aws.now(), note }));
        const opened = await stubbornly(() => aws.adapter.open(openings, never, () => {}));
        leases.set(machine, [...(leases.get(machine) ?? []), ...opened.map(({ placement }) => placement)]);
      },
      async () => {
        const machine = pick(machines);
        await stubbornly(() => aws.adapter.close(leases.get(machine) ?? [], never, () => {}));
        leases.delete(machine);
      },
      async () => void aws.sim.faults.add(pick(LOST), { kind: 'lostReply' }, 1),
      async () => aws.sim.setReadLag(pick([0, 0, 2_000, 5_000])),
      async () => aws.advance(pick([1_000, 20_000, 60_000])),
      async () => {
        // Somebody works in the console meanwhile: a rule for a port that is nobody's business here.
        added += 1;
        const group = pick(['web', 'wide', 'rdp']);
        aws.sim.human.addRule(group, { port: 10_000 + added, source: '198.51.100.0/24' });
        const rule = ['ingress', 'tcp', 10_000 + added, 10_000 + added, '198.51.100.0/24', undefined, {}];
        expected.groups[group] = [...(expected.groups[group] ?? []), JSON.stringify(rule)].sort();
      },
    ];
    for (let step = 0; step < STEPS; step += 1) await pick(steps)();

    for (const machine of machines) {
      await stubbornly(() => aws.adapter.close(leases.get(machine) ?? [], never, () => {}));
      await stubbornly(() => aws.adapter.unprotect(machine, never));
      await stubbornly(() => aws.adapter.putBack({ machine }, undo, never));
    }
    expect(world()).toEqual(expected);
    expect(await undo.all('aws')).toEqual([]);
  },
);
