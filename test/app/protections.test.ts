import { describe, expect, it } from 'vitest';
import { holder } from '../../src/app/loops/protections.ts';
import { recommend } from '../../src/app/protect/recommend.ts';
import { unprotect } from '../../src/app/protect/unprotect.ts';
import { readRecord } from '../../src/core/audit/record.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { DAY_MS } from '../../src/core/language/instant.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Machine, MachineId } from '../../src/core/machine/machine.ts';
import type { ProtectionEntry } from '../../src/core/policy/policy.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { MachineState, Protection } from '../../src/ports/cloud.ts';
import { HOST, MACHINE, world } from './fixtures.ts';

const never = new AbortController().signal;
const SSH = { port: { number: 22, protocol: 'tcp' }, sources: [], longestMs: 3 * 3_600_000 } as const;
const RDP = { ...SSH, port: { number: 3389, protocol: 'tcp' } } as const;
const PRODUCTION: ProtectionEntry = {
  name: 'production',
  machines: { names: [], tags: { env: 'prod' } },
  ports: [SSH, RDP],
};

function machine(n: number, tags: Machine['tags'] = { env: 'prod' }): Machine {
  return { ...MACHINE, id: `aws:123456789012:eu-west-1:i-${String(n).padStart(8, '0')}`, name: `web-${n}`, tags };
}

/** A house with these machines, none of them protected, in a cloud that remembers what it was told. */
function house(machines: readonly Machine[], entries: readonly ProtectionEntry[] = [PRODUCTION]) {
  const made = world();
  const { cloud } = made;
  const own = new Map<MachineId, Protection>();
  const more = new Map<MachineId, Partial<MachineState>>();
  const told: string[] = [];
  const looked: string[] = [];
  const refusals = new Map<MachineId, Error>();
  cloud.machineList = machines;
  cloud.look = async (id) => {
    const known = cloud.machineList.find((one) => one.id === id);
    if (!known) throw new JitError('machineGone', { machine: id });
    looked.push(known.name);
    const protection = own.get(id);
    return { machine: known, standing: [], ...(protection ? { protection } : {}), ...more.get(id) };
  };
  cloud.protect = async (id, { ports }, signal) => {
    const refusal = refusals.get(id);
    if (refusal) throw refusal;
    own.set(id, { ports: [...(own.get(id)?.ports ?? []), ...ports] });
    return cloud.look(id, signal);
  };
  cloud.unprotect = async (id, signal) => {
    own.delete(id);
    return cloud.look(id, signal);
  };
  Object.assign(made.chat, {
    tell: async ({ title, sections }: Report) => {
      const rows = sections.flatMap(({ heading, rows: all }) => [
        phrased(heading),
        ...all.map(({ line }) => plain(line)),
      ]);
      told.push([phrased(title), ...rows].join(' / '));
    },
  });
  const deps = { ...made.deps, rules: { ...made.deps.rules, protections: entries } };
  const hold = holder(deps);
  const audited = () =>
    made.audit.all.map((record) => {
      const { event, outcome, by, as, why, code } = readRecord(record).facts;
      return [event, outcome, by, as, why, code].filter((part) => part !== undefined).join(' ');
    });
  return { ...made, deps, own, more, told, looked, refusals, audited, patrol: () => hold(never) };
}

const ports = (protection: Protection | undefined) => protection?.ports.map(({ port }) => port.number);

describe('what the configuration wants protected', () => {
  it('is what it says now: a change is taken up while the program runs', async () => {
    const { deps, patrol, own } = house([machine(1)], []);
    await patrol();
    expect(own.size).toBe(0);
    deps.rules = { ...deps.rules, protections: [PRODUCTION] };
    await patrol();
    expect(ports(own.get(machine(1).id))).toEqual([22, 3389]);
    deps.rules = { ...deps.rules, protections: [] };
    own.clear();
    await patrol();
    expect(own.size).toBe(0);
  });

  it('waits while processes live that go by other rules: what one protects or asks about, another would have otherwise, for ever', async () => {
    const { deps, patrol, own, told, looked } = house([machine(1)]);
    let differs = true;
    const mustAgree = async () => {
      if (differs) throw new JitError('rulesDiffer');
    };
    Object.assign(deps, { mustAgree });
    await patrol();
    expect([own.size, told, looked]).toEqual([0, [], []]);
    differs = false;
    await patrol();
    expect(ports(own.get(machine(1).id))).toEqual([22, 3389]);
  });

  it('is protected when it appears, with its limits, and the channels and the audit are told', async () => {
    const { patrol, cloud, own, told, audited } = house([machine(1, { env: 'test' })]);
    await patrol();
    expect(told).toEqual([]);
    cloud.machineList = [machine(1, { env: 'test' }), machine(2)];
    await patrol();
    expect([...own]).toEqual([[machine(2).id, { ports: [SSH, RDP] }]]);
    expect(told).toEqual([
      'Protected, as the configuration says / Protected (1) / web-2 (AWS, eu-west-1): 22 (for 3 h at most), 3389 (for 3 h at most), by `production`.',
    ]);
    const act = 'configuration patrol protections: production';
    expect(audited()).toEqual([`protect begun ${act}`, `protect done ${act}`]);
    await patrol();
    expect(told).toHaveLength(1);
    expect(audited()).toHaveLength(2);
  });

  it('says what others let stand open, and leaves it', async () => {
    const { patrol, more, told } = house([machine(1)]);
    const standing = [{ port: SSH.port, source: '0.0.0.0/0', through: 'wizard' }];
    more.set(machine(1).id, { standing });
    await patrol();
    expect(told[0]).toMatch(
      /by `production`\. Port 22 \(SSH\) is also open to .*wizard.*`\/jit protect web-1 closing` shows/,
    );
  });

  it('is at most ten machines at a time, the next ones at the next patrol', async () => {
    const { patrol, own } = house(Array.from({ length: 23 }, (_, n) => machine(n)));
    const counts: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      await patrol();
      counts.push(own.size);
    }
    expect(counts).toEqual([10, 20, 23, 23]);
  });

  it('is looked at in turn, and what is new comes first', async () => {
    const { patrol, looked, cloud, own } = house(Array.from({ length: 60 }, (_, n) => machine(n)));
    for (const { id } of cloud.machineList) own.set(id, { ports: [SSH, RDP] });
    await patrol();
    expect(looked).toHaveLength(50);
    cloud.machineList = [...cloud.machineList, machine(99)];
    looked.length = 0;
    await patrol();
    expect(looked.slice(0, 11)).toEqual([...Array.from({ length: 10 }, (_, n) => `web-${50 + n}`), 'web-99']);
    expect(ports(own.get(machine(99).id))).toEqual([22, 3389]);
  });

  it('is protected again when somebody ends it, who is told so', async () => {
    const { patrol, deps, own } = house([machine(1)]);
    await patrol();
    const { notes } = await unprotect(deps, 'web-1', HOST);
    expect(notes).toEqual([
      'The configuration has it protected again soon, by `production`; to end that, change `protections`.',
    ]);
    expect(own.size).toBe(0);
    await patrol();
    expect(ports(own.get(machine(1).id))).toEqual([22, 3389]);
  });

  it('leaves other ports and other limits as they are; the limits are told once', async () => {
    const { patrol, own, told, audited } = house([machine(1)]);
    const other = { ...SSH, port: { number: 8443, protocol: 'tcp' as const } };
    const short = { ...SSH, longestMs: 3_600_000 };
    own.set(machine(1).id, { ports: [short, other] });
    await patrol();
    await patrol();
    expect(own.get(machine(1).id)?.ports).toEqual([short, other, RDP]);
    expect(told).toEqual([
      'Protected, as the configuration says / Protected (1) / web-1 (AWS, eu-west-1): 3389 (for 3 h at most), by `production`. / Protected with other limits (1) / web-1 (AWS, eu-west-1): protected on 22 (for 1 h at most); `production` says 22 (for 3 h at most). It was left as it is.',
    ]);
    expect(audited()[0]).toBe(
      'protect refused configuration patrol protections: production; the ports have other limits and were left as they are',
    );
  });
});

describe('what cannot be protected', () => {
  it('for another product’s sake is told once, and protected when that is gone', async () => {
    const { patrol, more, own, told, audited } = house([machine(1), machine(2)]);
    const { id } = machine(1);
    more.set(id, { otherJit: { by: 'Defender for Cloud', through: 'defender-jit-1' } });
    for (let i = 0; i < 3; i += 1) await patrol();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/Protected \(1\) .*web-2.* Could not be protected \(1\) .*web-1.*Defender for Cloud/);
    expect(audited().filter((line) => line.includes('refused'))).toEqual([
      'protect refused configuration patrol protections: production otherProduct',
    ]);
    more.delete(id);
    await patrol();
    expect(ports(own.get(id))).toEqual([22, 3389]);
    expect(told).toHaveLength(2);
  });

  it('for a reason that is not seen on the machine is tried again after a day, without a word', async () => {
    const { patrol, refusals, clock, told, audited, own } = house([machine(1)]);
    refusals.set(machine(1).id, new JitError('cloudRefused', { cloud: 'AWS', code: 'VcpuLimitExceeded' }));
    await patrol();
    await patrol();
    expect(audited().filter((line) => line.includes('failed'))).toHaveLength(1);
    clock.advance(DAY_MS);
    await patrol();
    expect(audited().filter((line) => line.includes('failed'))).toHaveLength(2);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^Not as the configuration says/);
    refusals.clear();
    clock.advance(DAY_MS);
    await patrol();
    expect(ports(own.get(machine(1).id))).toEqual([22, 3389]);
  });

  it('because the cloud is busy is tried again at the next patrol, without a word', async () => {
    const { patrol, refusals, told, own } = house([machine(1), machine(2)]);
    refusals.set(machine(1).id, new JitError('cloudBusy', { cloud: 'AWS' }));
    await patrol();
    expect(told).toHaveLength(1);
    refusals.clear();
    await patrol();
    expect(own.size).toBe(2);
  });

  it('because the audit is silent is not protected', async () => {
    const { patrol, audit, own, told } = house([machine(1)]);
    audit.record = async () => {
      throw new Error('full');
    };
    await patrol();
    expect([own.size, told.length]).toEqual([0, 0]);
  });
});

describe('recommend', () => {
  it('says which machines each entry means, and which of them are not protected', async () => {
    const none: ProtectionEntry = { name: 'staging', machines: { names: ['stage-*'], tags: {} }, ports: [SSH] };
    const { deps, cloud } = house([], [PRODUCTION, none]);
    const fine = { verdict: 'healthy', reasons: [] } as const;
    Object.assign(cloud, {
      assess: async () => ({
        machines: [
          { machine: machine(1), tab: 'configured', ...fine },
          { machine: machine(2), tab: 'notConfigured', ...fine },
        ],
        unread: [],
      }),
    });
    const person = { id: 'grace', name: 'Grace', groups: [] };
    const rules = { ...deps.rules, protectors: ['person:grace'] as const };
    const { sections } = await recommend({ ...deps, rules }, person);
    const rows = sections.flatMap(({ heading, rows: all }) => [
      phrased(heading),
      ...all.map(({ line }) => plain(line)),
    ]);
    expect(rows).toEqual([
      'Configured (1)',
      'web-1 (AWS, eu-west-1): no access granted yet. In the configuration: `production`.',
      'Not configured, healthy (1)',
      'web-2 (AWS, eu-west-1): ',
      'Protections in the configuration',
      '`production`: 2 machines (web-1, web-2), 1 not protected (web-2).',
      '`staging`: no machine.',
    ]);
  });
});
