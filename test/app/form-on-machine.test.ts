import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { select } from '../../src/app/protect/select.ts';
import { oneStage } from '../../src/config/stage.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { DAY_MS, HOUR_MS } from '../../src/core/language/instant.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Place } from '../../src/core/people/place.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { Port } from '../../src/core/rule/port.ts';
import type { Report } from '../../src/core/view/report.ts';
import { MACHINE, PEOPLE, POLICY, SENDER, world } from './fixtures.ts';

const [SSH, RDP, WEB] = [22, 3389, 8443].map((number): Port => ({ number, protocol: 'tcp' })) as [Port, Port, Port];
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security', 'ops'] };
const TYPED = { machine: MACHINE.name };
const FIVE = ['sam', 'lin', 'eve'].map((id): Person => ({ id, name: id, slack: `U-${id}`, groups: ['ops'] }));

function house(policy: Partial<Policy> = {}, people: readonly Person[] = [...PEOPLE, SAM]) {
  const made = world({ policies: [{ ...POLICY, ...policy }], people });
  const told: string[] = [];
  let isDown = false;
  Object.assign(made.chat, {
    async tell({ title, sections }: Report, { id }: Place) {
      if (isDown) throw new JitError('chatSilent', { chat: 'Slack' });
      const buttons = sections.flatMap(({ rows }) => rows.flatMap(({ button }) => button?.command ?? []));
      told.push(`${id}: ${phrased(title)} [${buttons.join(', ')}]`);
    },
  });
  const box = inbox({
    ...made.deps,
    rules: { ...made.deps.rules, policies: made.house.policies, protectors: ['group:ops'] },
  });
  const protect = (ports: readonly Port[], longestMs = DAY_MS, sources: readonly string[] = []) => {
    const protection = { ports: ports.map((port) => ({ port, sources, longestMs })) };
    made.cloud.look = async () => ({
      machine: made.cloud.machineList[0] ?? MACHINE,
      identity: 'i-1',
      protection,
      standing: [],
    });
  };
  const on = async (typed: { readonly machine: string } = TYPED) => {
    const form = await box.form(SENDER, undefined, typed);
    return {
      ports: form.ports.map(({ value }) => value),
      longest: form.durations.at(-1)?.value,
      sources: form.sources ?? [],
      says: form.about?.lines.map(plain),
      isUnprotected: form.about?.isUnprotected ?? false,
    };
  };
  const asks = async (user: string = SENDER.user) => {
    const { lines, refused } = await box.askProtector({ ...SENDER, user }, MACHINE.id);
    return `${refused ? 'no: ' : ''}${lines.map(plain).join(' ')}`;
  };
  return {
    ...made,
    box,
    told,
    protect,
    on,
    asks,
    down: () => {
      isDown = true;
    },
  };
}

describe('the form, once a machine is chosen', () => {
  it('offers the ports that are protected there, and says which are not', async () => {
    const { protect, on } = house({ ports: [SSH, RDP, WEB] });
    protect([SSH, WEB]);
    expect(await on()).toMatchObject({
      ports: ['22', '8443'],
      says: ['Asks Grace.', 'At most 4 h in all.', 'Not protected, so not offered: 3389.'],
      isUnprotected: false,
    });
  });

  it('says nothing of it before', async () => {
    const { box } = house();
    expect((await box.form(SENDER)).about).toBeUndefined();
  });

  it('offers no longer than policy and protection allow', async () => {
    const { protect, on } = house({ longestMs: 8 * HOUR_MS });
    protect([SSH], 2 * HOUR_MS);
    expect(await on()).toMatchObject({ longest: '2 h', says: ['Asks Grace.', 'At most 2 h in all.'] });
  });

  it('says whom it asks, stage by stage', async () => {
    const { on } = house({ stages: [oneStage(['manager'], 1), oneStage(['group:security'], 1)] });
    expect((await on()).says?.[0]).toBe('Asks Grace. Then group security.');
  });

  it('says that it opens without a decision', async () => {
    const { on } = house({ auto: { upToMs: HOUR_MS } });
    expect((await on()).says?.[0]).toBe('Opens without a decision.');
  });

  it('says why nobody could decide', async () => {
    const { on } = house({ stages: [oneStage(['group:nobody'], 1)] });
    expect((await on()).says?.[0]).toContain('approve');
  });

  it('offers the names of sources that are allowed there, and says what limits them', async () => {
    const { house: rules, protect, on } = house({ sources: [{ source: '198.51.100.0/24', sourceName: 'office' }] });
    rules.sources = new Map([
      ['office', ['198.51.100.0/24']],
      ['home', ['203.0.113.0/24']],
    ]);
    protect([SSH], DAY_MS, ['198.51.100.0/25']);
    const seen = await on();
    expect(seen.says).toContain('Only from office, and 198.51.100.0/25.');
  });

  it('says that it cannot tell, and goes on', async () => {
    const { cloud, on } = house();
    cloud.look = async () => {
      throw new JitError('cloudSilent', { cloud: 'AWS' });
    };
    const { ports, says, isUnprotected } = await on();
    expect({ ports, isUnprotected }).toEqual({ ports: ['22'], isUnprotected: false });
    expect(says?.at(-1)).toContain('What is protected on api-1 cannot be read now. AWS');
  });

  it('lets nothing be requested while it cannot tell, and all of it once it can', async () => {
    const { cloud, box, deps } = house();
    const { look } = cloud;
    cloud.look = async () => {
      throw new JitError('cloudSilent', { cloud: 'AWS' });
    };
    const form = {
      machine: MACHINE.id,
      ports: ['22'],
      duration: '1 h',
      source: '203.0.113.7',
      justification: 'deploy',
    };
    const refused = await box.submit({ ...SENDER, key: 'k1' }, form);
    expect(refused).toMatchObject({ refused: true });
    expect(refused.lines.map(plain).join(' ')).toContain('AWS');
    expect(await deps.store.live(9)).toEqual([]);
    cloud.look = look;
    expect(await box.submit({ ...SENDER, key: 'k2' }, form)).not.toMatchObject({ refused: true });
    expect(await deps.store.live(9)).toHaveLength(1);
  });

  it('says that nothing can be opened there yet', async () => {
    const { protect, on } = house({ ports: [SSH, RDP] });
    protect([WEB]);
    expect(await on()).toMatchObject({
      ports: ['22', '3389'],
      isUnprotected: true,
      says: ['api-1 is not protected at what you may request (22, 3389): nothing can be opened there yet.'],
    });
  });
});

describe('an address', () => {
  it('is found by typing, and fills the form, where it is known whose it is', async () => {
    const { box, cloud, on } = house();
    cloud.addresses = new Map([['198.51.100.10', [MACHINE.id]]]);
    expect((await box.machines(SENDER, '198.51.100.10')).map(({ value }) => value)).toEqual([MACHINE.id]);
    expect(await box.machines(SENDER, '198.51.100.11')).toEqual([]);
    expect(await on({ machine: '198.51.100.10' })).toMatchObject({
      says: expect.arrayContaining([expect.any(String)]),
    });
  });

  it('says which machine is to be protected, and which no longer', async () => {
    const { cloud, deps } = house();
    cloud.addresses = new Map([['198.51.100.10', [MACHINE.id]]]);
    const there = await select(deps, ['198.51.100.10', MACHINE.name], AbortSignal.timeout(5_000));
    expect(there.map(({ id }) => id)).toEqual([MACHINE.id]);
    await expect(select(deps, ['198.51.100.11'], AbortSignal.timeout(5_000))).rejects.toMatchObject({
      code: 'unknownAddress',
    });
  });
});

describe('asking a protector', () => {
  it('tells one, with the button that protects it, once a day', async () => {
    const { protect, asks, told, clock } = house({}, [...PEOPLE, ...FIVE]);
    protect([]);
    expect(await asks()).toBe('Asked sam to protect api-1.');
    expect(told).toEqual([`U-sam: Ada asks to have api-1 protected [protect ${MACHINE.id}]`]);
    expect(await asks()).toBe('no: Drawbridge asks for api-1 once a day, and did so within the last day.');
    expect(told).toHaveLength(1);
    clock.advance(DAY_MS + 1);
    await asks();
    expect(told).toHaveLength(2);
  });

  it('is for five machines a day', async () => {
    const { cloud, box, protect, told } = house({}, [...PEOPLE, SAM]);
    protect([]);
    cloud.machineList = Array.from(
      { length: 7 },
      (_, i) => ({ ...MACHINE, id: `${MACHINE.id.slice(0, -1)}${i}`, name: `m-${i}` }) as typeof MACHINE,
    );
    for (const { id } of cloud.machineList) await box.askProtector(SENDER, id);
    expect(told).toHaveLength(5);
  });

  it('takes an address for the machine that has it', async () => {
    const { box, cloud, protect } = house({ ports: [SSH] });
    cloud.addresses = new Map([['198.51.100.10', [MACHINE.id]]]);
    protect([WEB]);
    const { lines } = await box.askProtector(SENDER, '198.51.100.10');
    expect(lines.map(plain).join(' ')).toBe('Asked Sam to protect api-1.');
  });

  it('is refused for what no policy lets them ask for', async () => {
    const { asks, told } = house({ who: ['group:dba'] });
    expect(await asks()).toMatch(/^no: /);
    expect(told).toEqual([]);
  });

  it('finds out that it is protected meanwhile', async () => {
    const { asks, told } = house();
    expect(await asks()).toBe('api-1 is protected at 22 (SSH) now: request it.');
    expect(told).toEqual([]);
  });

  it('says that nobody can be reached', async () => {
    const { protect, asks, down } = house();
    protect([]);
    down();
    expect(await asks()).toBe('no: Nobody who protects machines can be reached. Ask your Drawbridge administrator.');
  });
});
