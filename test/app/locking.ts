import { holder } from '../../src/app/loops/protections.ts';
import { consent } from '../../src/app/protect/consent.ts';
import { readRecord } from '../../src/core/audit/record.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { DAY_MS } from '../../src/core/language/instant.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { LockdownPlan } from '../../src/core/machine/lockdown.ts';
import type { Machine, MachineId } from '../../src/core/machine/machine.ts';
import type { ProtectionEntry } from '../../src/core/policy/policy.ts';
import type { Report } from '../../src/core/view/report.ts';
import { GRACE, inSlack, MACHINE, world } from './fixtures.ts';

const never = new AbortController().signal;
const SSH = { port: { number: 22, protocol: 'tcp' }, sources: [], longestMs: DAY_MS } as const;
const ASK = [{ chat: 'slack', kind: 'channel', id: 'CSEC' }] as const;
const FLEET: ProtectionEntry = {
  name: 'fleet',
  machines: { names: [], tags: { env: 'prod' } },
  ports: [SSH],
  lockdown: { ask: ASK },
};

export function machine(n: number): Machine {
  return { ...MACHINE, id: `aws:123456789012:eu-west-1:i-${String(n).padStart(8, '0')}`, name: `web-${n}` };
}

/** A house with these machines, protected, each with groups that stand open; groups may be shared. */
export function house(groups: Readonly<Record<number, readonly string[]>>, from: ReturnType<typeof world> = world()) {
  const { cloud } = from;
  const machines = Object.keys(groups).map((n) => machine(Number(n)));
  const open = new Map<MachineId, Set<string>>(machines.map(({ id }, i) => [id, new Set(Object.values(groups)[i])]));
  const places: string[] = [];
  const told: string[] = [];
  const closed: string[] = [];
  const refusals: Error[] = [];
  const planned: string[] = [];
  cloud.machineList = machines;
  const standing = (id: MachineId) =>
    [...(open.get(id) ?? [])].map((through) => ({ port: SSH.port, source: '0.0.0.0/0', through }));
  cloud.look = async (id) => {
    const known = cloud.machineList.find((one) => one.id === id);
    if (!known) throw new JitError('machineGone', { machine: id });
    return { machine: known, protection: { ports: [SSH] }, standing: standing(id) };
  };
  const planLockdown = async ({ machine: id }: { readonly machine: MachineId }): Promise<LockdownPlan> => {
    planned.push(id);
    const remedies = [...(open.get(id) ?? [])].map((where) => ({
      where: `group ${where}`,
      does: '22 from 0.0.0.0/0 goes',
      serves: [...open].flatMap(([other, own]) => (other !== id && own.has(where) ? [other] : [])),
      warns: [],
    }));
    return { remedies, stays: [], isShared: false };
  };
  const lockDown = async ({ machine: id }: { readonly machine: MachineId }) => {
    const refusal = refusals.shift();
    if (refusal) throw refusal;
    for (const group of open.get(id) ?? []) {
      closed.push(group);
      for (const own of open.values()) own.delete(group);
    }
    return [];
  };
  Object.assign(cloud, { planLockdown, lockDown });
  Object.assign(from.chat, {
    tell: async ({ title, sections }: Report, place: { readonly id: string }) => {
      const rows = sections.flatMap(({ heading, rows: all }) => [
        phrased(heading),
        ...all.map(({ line }) => plain(line)),
      ]);
      places.push(place.id);
      if (place.id === 'CSEC') told.push([phrased(title), ...rows.filter((text) => text !== '')].join(' / '));
    },
  });
  const rules = { ...from.deps.rules, protectors: ['person:grace'] as const, protections: [FLEET] };
  const deps = { ...from.deps, rules };
  let hold = holder(deps);
  const code = () => /confirm ([0-9a-f]{12})/.exec(told.findLast((text) => text.includes('confirm')) ?? '')?.[1] ?? '';
  const agree = (which = code(), who = inSlack(GRACE)) => consent(deps, { code: which, confirm: true }, who);
  const audited = () =>
    from.audit.all.map((record) => {
      const { event, outcome, by, as, why, code: error } = readRecord(record).facts;
      return [event, outcome, by, as, why, error].filter((part) => part !== undefined).join(' ');
    });
  return {
    ...from,
    deps,
    open,
    told,
    places,
    closed,
    refusals,
    planned,
    code,
    agree,
    audited,
    patrol: () => hold(never),
    restart: () => {
      hold = holder(deps);
    },
  };
}

/** What it says, as texts. */
export const texts = (came: Awaited<ReturnType<typeof consent>>) =>
  'lines' in came
    ? came.lines.map(plain)
    : [phrased(came.page.title), ...came.page.sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line)))];
