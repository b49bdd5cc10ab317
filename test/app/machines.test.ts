import { describe, expect, it } from 'vitest';
import { holder } from '../../src/app/loops/protections.ts';
import type { ProtectActor } from '../../src/app/protect/actor.ts';
import { portsFormFor, submitPorts } from '../../src/app/protect/form.ts';
import { machines } from '../../src/app/protect/machines.ts';
import { protect } from '../../src/app/protect/protect.ts';
import { unprotect } from '../../src/app/protect/unprotect.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Machine, MachineId } from '../../src/core/machine/machine.ts';
import { type ProtectedPort, protectionKey } from '../../src/core/machine/protection.ts';
import type { ProtectionEntry } from '../../src/core/policy/policy.ts';
import { samePort } from '../../src/core/rule/port.ts';
import { ADA, GRACE, HOST, inSlack, MACHINE, world } from './fixtures.ts';

const SSH = { port: { number: 22, protocol: 'tcp' }, sources: [], longestMs: 86_400_000 } as const;
const RDP = { ...SSH, port: { number: 3389, protocol: 'tcp' } } as const;
const FLEET: ProtectionEntry = { name: 'fleet', machines: { names: ['web-*'], tags: {} }, ports: [SSH] };

function machine(n: number): Machine {
  return { ...MACHINE, id: `aws:123456789012:eu-west-1:i-${String(n).padStart(8, '0')}`, name: `web-${n}` };
}

/** A house with machines whose protection is remembered, and who protected what. */
function house(...all: readonly Machine[]) {
  const made = world();
  const { cloud } = made;
  const own = new Map<MachineId, readonly ProtectedPort[]>();
  cloud.machineList = all;
  cloud.look = async (id) => {
    const found = all.find((one) => one.id === id);
    if (!found) throw new JitError('machineGone', { machine: id });
    const ports = own.get(id) ?? [];
    return { machine: found, standing: [], ...(ports.length > 0 ? { protection: { ports } } : {}) };
  };
  cloud.protect = async (id, { ports }, signal) => {
    const others = (own.get(id) ?? []).filter(({ port }) => !ports.some((one) => samePort(one.port, port)));
    own.set(id, [...others, ...ports]);
    return cloud.look(id, signal);
  };
  cloud.unprotect = async (id, signal, ports) => {
    own.set(id, ports ? (own.get(id) ?? []).filter(({ port }) => !ports.some((one) => samePort(one, port))) : []);
    return cloud.look(id, signal);
  };
  const assess = async () => ({
    machines: all.map((one) => {
      const tab = (own.get(one.id) ?? []).length > 0 ? ('configured' as const) : ('notConfigured' as const);
      return { machine: one, tab, verdict: 'healthy' as const, reasons: [] };
    }),
    unread: ['eu-west-3 of 123456789012'],
  });
  Object.assign(cloud, { assess });
  const rules = { ...made.deps.rules, protectors: ['person:grace'] as const, protections: [FLEET] };
  const deps = { ...made.deps, rules };
  const listed = async (actor: ProtectActor = inSlack(GRACE)) => {
    const { title, sections } = await machines(deps, actor);
    return [
      phrased(title),
      ...sections.flatMap(({ heading, rows }) => [phrased(heading), ...rows.map(({ line }) => plain(line))]),
    ];
  };
  const close = (which: string, port: ProtectedPort, actor: ProtectActor) =>
    protect(deps, { which: [which], ports: { ports: [port.port], sources: [] }, standing: 'leave' }, actor);
  return { ...made, deps, own, listed, close, patrol: () => holder(deps)(new AbortController().signal) };
}

describe('the list of machines', () => {
  it('says what is protected by whom, through what, and since when', async () => {
    const { listed, close, patrol, own } = house(machine(1), machine(2), { ...machine(3), name: 'db-1' });
    await close('web-1', RDP, inSlack(GRACE));
    await close('db-1', SSH, HOST);
    await patrol();
    own.set(machine(2).id, [...(own.get(machine(2).id) ?? []), RDP]);
    expect(await listed()).toEqual([
      '3 protected machines',
      'Protected (3)',
      'db-1 (AWS, eu-west-1): 22, by root on bastion (command line) since 12:00 UTC.',
      'web-1 (AWS, eu-west-1): 3389, by Grace since 12:00 UTC; 22, by `fleet` in the configuration since 12:00 UTC.',
      'web-2 (AWS, eu-west-1): 22, by `fleet` in the configuration since 12:00 UTC; 3389, by whom is not known.',
      'Could not be read (1)',
      'eu-west-3 of 123456789012.',
    ]);
    expect(await listed(HOST)).toHaveLength(7);
  });

  it('says what is not as the configuration says, and what waits for consent', async () => {
    const { listed, own, deps } = house(machine(1), machine(2));
    own.set(machine(2).id, [{ ...SSH, longestMs: 3_600_000 }]);
    const items = [{ machine: machine(2).id, digest: 'aa' }];
    await deps.records.keepPage({ code: 'ab12', entry: 'fleet', machines: [machine(2).id], items, at: 1 });
    expect((await listed()).slice(3, 7)).toEqual([
      'Not as the configuration says (3)',
      'web-1 (AWS, eu-west-1): not protected on 22, as `fleet` wants.',
      'web-2 (AWS, eu-west-1): protected on 22 (for 1 h at most); `fleet` says 22. It is left as it is.',
      'web-2 (AWS, eu-west-1): open to standing rules that `fleet` wants closed; page `ab12` waits for consent.',
    ]);
    await deps.records.agree('ab12', { by: 'Grace', at: 2 });
    expect((await listed())[6]).toMatch(/page `ab12`: Grace agreed, not closed yet\.$/);
  });

  it('forgets who protected what is not protected any more, and knows who edited it', async () => {
    const { listed, close, deps } = house(machine(1));
    await close('web-1', SSH, inSlack(GRACE));
    const { version, machine: id } = await portsFormFor(deps, 'web-1', HOST);
    await submitPorts(deps, { machine: id, version, ports: '3389' }, HOST);
    expect([...(await deps.records.protectedBy()).keys()]).toEqual([protectionKey(machine(1).id, RDP.port)]);
    expect((await listed())[2]).toBe(
      'web-1 (AWS, eu-west-1): 3389, by root on bastion (command line) since 12:00 UTC.',
    );
    await unprotect(deps, 'web-1', HOST);
    expect((await deps.records.protectedBy()).size).toBe(0);
  });

  it('is for protectors', async () => {
    const { listed } = house(machine(1));
    await expect(listed(inSlack(ADA))).rejects.toMatchObject({ code: 'notProtector' });
  });

  it('says which machine could not be read, and how many there was no room for', async () => {
    const all = Array.from({ length: 60 }, (_, n) => machine(n));
    const { listed, own, cloud } = house(...all);
    for (const { id } of all) own.set(id, [SSH]);
    const { look } = cloud;
    cloud.look = async (id, signal) => {
      if (id === machine(0).id) throw new JitError('cloudBusy', { cloud: 'AWS' });
      return look(id, signal);
    };
    const said = await listed();
    expect(said[0]).toBe('59 protected machines');
    expect(said).toContain('… and 10 more that were not looked at.');
    expect(said.find((text) => phrased(text).startsWith('web-0 '))).toMatch(/busy/);
  });

  it('is not held up by records that cannot be kept', async () => {
    const { close, deps, own, log } = house(machine(1));
    Object.assign(deps.records, { keepProtectedBy: async () => Promise.reject(new Error('away')) });
    await close('web-1', SSH, HOST);
    expect(own.get(machine(1).id)).toEqual([SSH]);
    expect(log).toContain('who protected a machine could not be kept');
  });
});
