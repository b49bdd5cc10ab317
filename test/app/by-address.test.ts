import { describe, expect, it } from 'vitest';
import { submit } from '../../src/app/request/submit.ts';
import type { Machine } from '../../src/core/machine/machine.ts';
import { ASK } from './approved.ts';
import { ADA, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const OTHER: Machine = { ...MACHINE, id: 'aws:123456789012:us-east-1:i-0fedcba9876543210', name: 'db-1', tags: {} };
const PRIVATE = '10.0.1.4';
const PUBLIC = '198.51.100.10';
const SIX = '2001:db8::4';

function having(addresses: Readonly<Record<string, readonly Machine[]>>, policy = POLICY) {
  const made = world({ policies: [policy] });
  made.cloud.machineList = [MACHINE, OTHER];
  made.cloud.addresses = new Map(Object.entries(addresses).map(([key, all]) => [key, all.map(({ id }) => id)]));
  const ask = (machine: string) => submit(made.deps, ADA, { ...ASK, machine }, SENDER);
  return { ...made, ask };
}

describe('a machine by its address', () => {
  it.each([
    ['private', PRIVATE, PRIVATE],
    ['public', PUBLIC, PUBLIC],
    ['IPv6', SIX, SIX],
    ['IPv6 as others write it', '2001:0DB8:0::4', SIX],
  ])('is found: %s', async (_, typed, address) => {
    const { ask } = having({ [address]: [MACHINE] });
    expect(await ask(typed)).toMatchObject({ machine: MACHINE.id, machineName: 'api-1' });
  });

  it('is never guessed among two that have it: both are named, and one alone though the other is not theirs', async () => {
    const both = having({ [PRIVATE]: [MACHINE, OTHER] });
    await expect(both.ask(PRIVATE)).rejects.toMatchObject({
      code: 'ambiguousMachine',
      say: expect.stringContaining(
        '“10.0.1.4” matches 2 machines: aws:123456789012:eu-west-1:i-0123456789abcdef0 (eu-west-1), ',
      ),
      choices: [MACHINE.id, OTHER.id],
    });
    const one = having({ [PRIVATE]: [MACHINE, OTHER] }, { ...POLICY, machines: { names: ['api-1'], tags: {} } });
    await expect(one.ask(PRIVATE)).rejects.toMatchObject({ code: 'ambiguousMachine', choices: [MACHINE.id] });
  });

  it('is refused where another one may have it that nobody could look at; a public address is one machine’s alone', async () => {
    const { ask, cloud } = having({ [PRIVATE]: [MACHINE], [PUBLIC]: [MACHINE] });
    cloud.unread = ['us-east-1 of 123456789012'];
    await expect(ask(PRIVATE)).rejects.toMatchObject({ code: 'machineNotRead' });
    await expect(ask('198.51.100.99')).rejects.toMatchObject({ code: 'machineNotRead' });
    expect(await ask(PUBLIC)).toMatchObject({ machineName: 'api-1' });
  });

  it('does not tell what is called so to whoever may not request it, nor finds what is not there', async () => {
    const { ask } = having({ [PRIVATE]: [OTHER] }, { ...POLICY, machines: { names: ['api-1'], tags: {} } });
    for (const address of [PRIVATE, PUBLIC])
      await expect(ask(address)).rejects.toMatchObject({ code: 'unknownAddress' });
  });

  it('is no network', async () => {
    const { ask } = having({ [PRIVATE]: [MACHINE] });
    await expect(ask('10.0.1.0/24')).rejects.toMatchObject({ code: 'unknownMachine' });
  });
});
