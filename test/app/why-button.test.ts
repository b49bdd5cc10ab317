import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { type Line, phrased, plain } from '../../src/core/language/text.ts';
import type { TracedWay } from '../../src/core/machine/trace.ts';
import type { Rule } from '../../src/core/rule/rule.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { Sender } from '../../src/ports/inbox.ts';
import { approved } from './approved.ts';
import { entriesOf } from './audited.ts';
import { MACHINE, POLICY, SENDER } from './fixtures.ts';

const RDP = { number: 3389, protocol: 'tcp' } as const;
const SSH = { number: 22, protocol: 'tcp' } as const;
const GRACES = { ...SENDER, user: 'U2', key: 'g1' } as const;

/** Ada's access is open; the cloud tells these ways to each port. */
async function opened(waysTo: (port: number) => readonly TracedWay[] = () => []) {
  const made = await approved();
  await made.converge();
  const asked: Rule[] = [];
  Object.assign(made.cloud, {
    trace: async (rule: Rule) => {
      asked.push(rule);
      return { machine: MACHINE, ways: waysTo(rule.port.number) };
    },
  });
  const press = (sender: Sender = SENDER) =>
    inbox(made.deps).press(sender, { verb: 'why', request: made.id, version: 1 });
  return { ...made, asked, press };
}

function texts(report: Report | undefined): readonly string[] {
  const { title = '', sections = [] } = report ?? {};
  return [
    phrased(title),
    ...sections.flatMap(({ heading, rows }) => [phrased(heading), ...rows.map(({ line }) => plain(line))]),
  ];
}

const said = ({ lines }: { readonly lines: readonly Line[] }) => lines.map(plain);

describe('why, on an open card', () => {
  it('asks for the machine, the port and the source of the lease, whatever version the card shows', async () => {
    const { press, asked, load } = await opened();
    const before = await load();
    const { refused, report, view } = await press();
    expect([refused, report?.title, view]).toEqual([
      false,
      '22 of api-1 from 203.0.113.7: no way leads there',
      undefined,
    ]);
    expect(asked).toEqual([{ machine: MACHINE.id, port: SSH, source: '203.0.113.7/32' }]);
    expect(await load()).toEqual(before);
  });

  it('tells ports of which the same is to be said together, and others apart', async () => {
    const way = (passing: 'passes' | 'stopped'): TracedWay => ({
      to: 'the network',
      steps: [{ at: 'group web', passing, because: 'a rule decides' }],
    });
    const { press, deps, id } = await opened((port) => [way(port === 3389 ? 'stopped' : 'passes')]);
    const { request } = await deps.store.load(id);
    if (!request) throw new Error('gone');
    const ports = [SSH, { number: 5985, protocol: 'tcp' } as const, RDP, { number: 5986, protocol: 'tcp' } as const];
    await deps.store.save([{ next: { ...request, ports, version: request.version + 1 }, from: request.version }]);
    expect(texts((await press()).report)).toEqual([
      '22, 5985 (open), 3389 (blocked) of api-1 from 203.0.113.7',
      '',
      'Not looked at: 5986; `/jit why` with that port tells.',
      '22, 5985: To the network: open',
      '1. Passes: group web, a rule decides.',
      '3389: To the network: blocked',
      '1. Stopped: group web, a rule decides.',
      '3389: What would let it through',
      'group web: It has to let it through.',
    ]);
  });

  it('says so where the access is over', async () => {
    const { press, clock, converge } = await opened();
    clock.advance(3_700_000);
    await converge();
    expect(texts((await press()).report)).toContain('This access ended 13:01 UTC; this is how it is now.');
  });
});

describe('why, on a card, is refused', () => {
  it('to whoever may neither request the machine nor protect machines, and is no refused decision', async () => {
    const made = await opened();
    const { refused, lines, report } = await made.press(GRACES);
    expect([refused, report]).toEqual([true, undefined]);
    expect(said({ lines })).toEqual([
      'No policy allows access to api-1. Ask your Drawbridge administrator to add one.',
    ]);
    expect(made.asked).toEqual([]);
    expect(entriesOf(made.audit).filter(({ outcome }) => outcome === 'refused')).toEqual([]);
  });

  it('to somebody nobody knows', async () => {
    const { press } = await opened();
    expect(said(await press({ ...SENDER, user: 'U9' }))[0]).toMatch(/^You are not registered/);
  });

  it('when the policy was taken away since', async () => {
    const { press, house } = await opened();
    house.policies = [{ ...POLICY, who: ['group:nobody'] }];
    expect(said(await press())[0]).toMatch(/^No policy allows access/);
  });

  it('when the machine is gone, and when nobody can tell', async () => {
    const { press, cloud } = await opened();
    cloud.machineList = [];
    expect(said(await press())[0]).toMatch(/^api-1 no longer exists\./);
    cloud.unread = ['eu-west-1'];
    expect(said(await press())[0]).not.toMatch(/no longer exists/);
  });

  it('when there is no such request', async () => {
    const { deps } = await opened();
    const answer = await inbox(deps).press(SENDER, { verb: 'why', request: 'zzzzzzz', version: 1 });
    expect(said(answer)).toEqual(['There is no request “zzzzzzz”. `/jit list` shows your requests.']);
  });
});
