import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Machine } from '../../src/core/machine/machine.ts';
import { MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const NAMES = ['api-2', 'db-1'];
const OTHERS: readonly Machine[] = NAMES.map((name, i) => ({
  ...MACHINE,
  name,
  id: `aws:123456789012:eu-west-1:i-0000000000000000${i + 5}`,
}));
const GRACES = { ...SENDER, user: 'U2' } as const;

function house(names: readonly string[] = ['*']) {
  const made = world({ policies: [{ ...POLICY, machines: { names: [...names], tags: {} } }] });
  const { cloud } = made;
  const machines = async () => ({ all: [MACHINE, ...OTHERS], unread: [] });
  made.deps = { ...made.deps, clouds: new Map([['aws', Object.assign(cloud, { machines })]]) };
  const box = inbox(made.deps);
  let key = 0;
  const says = async (text: string, sender: typeof SENDER | typeof GRACES = SENDER) => {
    key += 1;
    const { lines, refused, report } = await box.command({ ...sender, key: `k${key}` }, text);
    return { lines: lines.map(plain), refused, report };
  };
  const live = async () =>
    (await made.deps.store.live(10)).toSorted((a, b) => (a.machineName < b.machineName ? -1 : 1));
  return { ...made, box, says, live };
}

describe('several in one command', () => {
  it('are all done, each with an answer of its own', async () => {
    const { says, live } = house();
    await says('request api-1, api-2 because x');
    const ids = (await live()).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    const { lines, refused } = await says(`approve ${ids.join(' ')}`, GRACES);
    expect(refused).toBe(false);
    expect(lines).toHaveLength(2);
    for (const id of ids) expect(lines.join()).toContain(`\`${id}\`: Request \`${id}\` `);
    expect((await live()).map(({ status }) => status)).toEqual(['activating', 'activating']);
  });

  it('go on where one of them is refused', async () => {
    const { says, live } = house();
    await says('request api-1, api-2 because x');
    const { lines, refused } = await says('withdraw db-1 api-1 api-2');
    expect(refused).toBe(false);
    expect(lines.map((line) => line.split(': ')[0])).toEqual(['`db-1`', '`api-1`', '`api-2`']);
    expect(lines[0]).toBe('`db-1`: There is no request “db-1”. `/jit list` shows your requests.');
    expect(await live()).toEqual([]);
  });

  it('close what is named, whatever other words stand there: each of these is said to name nothing', async () => {
    const { says, live, deps } = house();
    await says('request api-1 22 because x');
    const [one] = await live();
    await says(`approve ${one?.id}`, GRACES);
    await converge(deps, MACHINE.id, new AbortController().signal);
    const { lines, refused } = await says('revoke api-1 done here');
    expect(refused).toBe(false);
    expect(lines.map((line) => line.replace(/\. .*/s, ''))).toEqual([
      expect.stringMatching(/^`api-1`: Request `\w+` for api-1: revoked by Ada; closing now/),
      '`done`: There is no request “done”',
      '`here`: There is no request “here”',
    ]);
    expect(await live()).toHaveLength(1);
    // What may mean something else than a name is refused as a whole.
    expect(await says('revoke api-1 for 5m')).toMatchObject({ refused: true });
  });

  it('are done once, however often they are delivered', async () => {
    const { box, live } = house();
    const sender = { ...SENDER, key: 'same' };
    await box.command(sender, 'request api-1, api-2 because x');
    await box.command(sender, 'request api-1, api-2 because x');
    expect(await live()).toHaveLength(2);
  });
});

describe('a refusal', () => {
  it.each([
    [
      'request apj-1 22 because deploy',
      'Try `/jit request api-1 22 because deploy` or `/jit request api-2 22 because deploy`',
    ],
    ['request api-1 for 9h because deploy', 'Try `/jit request api-1 for 4h because deploy`'],
    ['request api-1 for 1m because deploy', 'Try `/jit request api-1 for 5min because deploy`'],
    ['request api-1 22, 3389 because deploy', 'Try `/jit request api-1 22 because deploy`'],
    ['explain dv-1', 'Try `/jit explain db-1`'],
  ])('“%s” gives the whole command that would pass', async (text, instead) => {
    const { says } = house();
    const { lines, refused } = await says(text);
    expect(refused).toBe(true);
    expect(lines.at(-1)?.slice(-instead.length)).toBe(instead);
  });

  it('names no machine that the person may not ask for', async () => {
    const { says } = house(['db-1']);
    for (const text of ['request api-3 because x', 'explain api-3', 'why api-3'])
      expect((await says(text)).lines.join()).not.toMatch(/api-[12]/);
    expect((await says('request bd-1 because x')).lines.join()).toContain('`/jit request db-1 because x`');
  });
});

describe('lists', () => {
  it('are of what is one’s own, or of what waits for one', async () => {
    const { says } = house();
    await says('request api-1 because x');
    expect((await says('mine')).lines.join()).toContain('api-1');
    expect((await says('pending')).lines).toEqual(['Nothing waits for your decision.']);
    const { report } = await says('pending', GRACES);
    const [row] = report?.sections[0]?.rows ?? [];
    expect(plain(row?.line ?? [])).toContain('api-1');
    expect(row?.button?.command).toMatch(/^show \w{7}$/);
  });
});
