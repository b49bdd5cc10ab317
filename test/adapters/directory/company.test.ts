import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUser } from '../../../simulators/azure/graph-people.ts';
import { leaversOf } from '../../../src/app/loops/leavers.ts';
import { converge } from '../../../src/app/machine/converge.ts';
import { decide } from '../../../src/app/request/decide.ts';
import { submit } from '../../../src/app/request/submit.ts';
import { oneStage } from '../../../src/config/stage.ts';
import { ASK } from '../../app/approved.ts';
import { MACHINE, POLICY, SENDER, world } from '../../app/fixtures.ts';
import { type Tenant, tenant } from './tenant.ts';

const PEOPLE = 2_000;
/** One manager for so many, up to the root. */
const REPORTS = 8;
const TEAMS = 100;
const never = new AbortController().signal;
const idOf = (n: number) => `dd000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const managerOf = (n: number) => Math.floor((n - 1) / REPORTS);

let at: Tenant;
beforeAll(async () => {
  at = await tenant();
  const users = at.azure.graph.people;
  const everybody = users.addGroup('engineering');
  const divisions = Array.from({ length: 10 }, (_, i) => users.addGroup(`division ${i}`).id);
  users.join(everybody.id, ...divisions);
  const teams = Array.from({ length: TEAMS }, (_, i) => users.addGroup(`team ${i}`).id);
  for (const [i, team] of teams.entries()) users.join(divisions[i % 10] ?? '', team);
  for (let n = 0; n < PEOPLE; n += 1) {
    const managerId = n === 0 ? {} : { managerId: idOf(managerOf(n)) };
    users.setUser(newUser({ id: idOf(n), displayName: `Person ${n}`, department: 'Engineering', ...managerId }));
    users.join(teams[n % TEAMS] ?? '', idOf(n));
  }
});
afterAll(() => at.azure.stop());

describe('a company of 2,000 with managers and groups three deep', () => {
  it('needs no person in the file: anybody asks, their manager decides, and whoever leaves loses everything', async () => {
    const directory = at.directory({ asked: ['entra:engineering'], chats: ['teams'] });
    const policies = [{ ...POLICY, who: ['entra:engineering' as const], stages: [oneStage(['manager'], 1)], tell: [] }];
    const made = world({ policies });
    const deps = { ...made.deps, directory };
    const one = async (n: number) => {
      const [person, manager] = await Promise.all([directory.byId(idOf(n)), directory.byId(idOf(managerOf(n)))]);
      if (!person || !manager) throw new Error('not there');
      at.calls();
      const sender = { ...SENDER, chat: 'teams' as const, user: idOf(n), key: `k${n}` };
      const asked = { ...ASK, source: '203.0.113.7/32' };
      const begun = performance.now();
      const { id, asked: approvers } = await submit(deps, person, asked, sender);
      const submitMs = performance.now() - begun;
      expect(approvers).toEqual([{ id: idOf(managerOf(n)), name: `Person ${managerOf(n)}`, as: 'manager' }]);
      const submitCalls = at.calls().length;
      await decide(deps, manager, { request: id, verdict: 'approve' });
      const decideCalls = at.calls().length;
      return { id, submitMs, submitCalls, decideCalls };
    };
    const first = await one(1_999);
    const rest = [];
    for (const n of [17, 250, 777, 1_234, 1_600]) rest.push(await one(n));
    // The requester and the manager, each with managers and groups; deciding reads the manager as approver, too.
    for (const { submitCalls, decideCalls } of [first, ...rest]) {
      expect(submitCalls).toBeLessThanOrEqual(8);
      expect(decideCalls).toBeLessThanOrEqual(12);
    }
    const times = rest.map(({ submitMs }) => submitMs).sort((a, b) => a - b);
    console.log(
      `Graph calls: ${first.submitCalls} to ask, ${first.decideCalls} to decide; asking took ${times[2]?.toFixed(0)} ms (median)`,
    );

    at.azure.graph.people.setUser({ id: idOf(1_999), accountEnabled: false });
    await converge(deps, MACHINE.id, never);
    expect((await made.deps.store.load(first.id)).request).toMatchObject({ status: 'ended' });
    // A manager leaves: what they approved is closed, what others approved stays.
    at.azure.graph.people.removeUser(idOf(managerOf(1_600)));
    const look = leaversOf(deps);
    expect([await look(never), await look(never)]).toEqual([0, 1]);
    await converge(deps, MACHINE.id, never);
    const gone = rest.pop();
    expect((await made.deps.store.load(gone?.id ?? '')).request).toMatchObject({ ending: { code: 'leaver' } });
    for (const { id } of rest) expect((await made.deps.store.load(id)).request).toMatchObject({ status: 'active' });
  });
});
