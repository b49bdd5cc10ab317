import { afterEach, describe, expect, test } from 'vitest';
import type { AzureOptions } from '../../../simulators/azure/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { go, HOME, never, openOne, ours, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness } from './harness.ts';

const OFFICE = '198.51.100.16/28';
const GROUPS = ['subnet-web-nsg', 'web-1-nsg'] as const;
const INITIATE = 'JitNetworkAccessPolicies_Initiate';

let azure: AzureHarness;
const start = async (options: AzureOptions = {}) => {
  azure = await azureHarness(options);
};
afterEach(() => azure.stop());

const initiates = () => azure.sim.log().filter(({ operation }) => operation === INITIATE).length;
const records = () => azure.sim.state().policies.flatMap(({ requests }) => requests);
const observe = (placement: Placement) => azure.adapter.observe(azure.machine, [placement], never);
const close = (...placements: readonly Placement[]) => azure.adapter.close(placements, never, go);
const opened = async (untilMs = HOUR_MS) => {
  const until = azure.now() + untilMs;
  const { placement } = await openOne(azure, await placeOne(azure), until);
  return { placement, until };
};

describe('what Defender is asked for', () => {
  test('says who asked and who approved behind the mark, names one address, and ends to the millisecond', async () => {
    await start();
    azure.advance(123);
    const { placement, until } = await opened(HOUR_MS + 7);
    const [{ justification, ports } = {}] = records();
    expect(justification).toBe(`${azure.marks.sign(placement, until)} req=r-1 for=ada by=grace`);
    expect(ports).toMatchObject([{ number: 22, sources: ['203.0.113.7'], endMs: until, status: 'Initiated' }]);
    expect(GROUPS.map((group) => azure.allowsIn(group).length)).toEqual([1, 1]);
  });

  test('is a prefix where a prefix was asked for', async () => {
    await start();
    await openOne(azure, await placeOne(azure, rule(azure.machine, 22, OFFICE)), azure.now() + HOUR_MS);
    expect(records()[0]?.ports[0]?.sources).toEqual([OFFICE]);
  });

  test('is refused with too little time left, when Defender has a minimum', async () => {
    await start();
    const placement = await placeOne(azure);
    const short = openOne(azure, placement, azure.now() + 4 * MINUTE_MS);
    await expect(short).rejects.toMatchObject({ code: 'tooLittleLeft', kind: 'refused' });
    azure.sim.behaviour.minimumMinutes = 0;
    expect((await openOne(azure, placement, azure.now() + 4 * MINUTE_MS)).outcome).toBe('opened');
  });

  test('is refused in Azure’s own code when the policy allows less', async () => {
    await start();
    const long = openOne(azure, await placeOne(azure), azure.now() + 25 * HOUR_MS);
    await expect(long).rejects.toMatchObject({ code: 'cloudRefused', say: 'Azure refused the call: BadRequest.' });
  });

  test('needs the plan, but closing does not', async () => {
    await start();
    const { placement, until } = await opened();
    azure.sim.human.setPlan('Free');
    await expect(placeOne(azure)).rejects.toMatchObject({ code: 'noPlan' });
    await expect(openOne(azure, placement, until + HOUR_MS)).rejects.toMatchObject({ code: 'noPlan' });
    await close(placement);
    expect(azure.rulesLeft()).toEqual([]);
    expect((await observe(placement)).effective).toMatchObject([{ state: 'closed' }]);
  });

  test('is not asked for a machine or a port that is gone meanwhile', async () => {
    await start();
    const placement = await placeOne(azure);
    await azure.deleteMachine(azure.machine);
    const late = () => openOne(azure, placement, azure.now() + HOUR_MS);
    await expect(late()).rejects.toMatchObject({ code: 'machineGone' });
    expect(initiates()).toBe(0);
  });
});

describe('requests of others', () => {
  test('for the same are left alone, told as what keeps the port open, and never closed', async () => {
    await start();
    const placement = await placeOne(azure);
    azure.askInPortal(22, '203.0.113.7', 30);
    const [name = ''] = azure.allowsIn(GROUPS[0]);
    const result = await openOne(azure, placement, azure.now() + HOUR_MS);
    expect(result).toMatchObject({ outcome: 'foreign', through: name });
    expect(initiates()).toBe(0);
    const seen = await observe(placement);
    expect(seen.ours).toEqual([]);
    expect(seen.others).toMatchObject([{ source: '203.0.113.7', through: name }]);
    expect(seen.effective).toMatchObject([{ state: 'open', through: name }]);
    await close(placement);
    expect(azure.rulesLeft()).toEqual([`22 ${HOME}`]);
  });

  test('for another source keep the port until they are over', async () => {
    await start({ onReplace: 'keep' });
    const placement = await placeOne(azure);
    azure.askInPortal(22, '203.0.113.99', 30);
    const taken = { code: 'sourceTaken', say: expect.stringContaining('until 09:30 UTC') };
    await expect(placeOne(azure)).rejects.toMatchObject(taken);
    await expect(openOne(azure, placement, azure.now() + HOUR_MS)).rejects.toMatchObject(taken);
    expect(azure.rulesLeft()).toEqual(['22 203.0.113.99/32']);
    azure.advance(30 * MINUTE_MS);
    expect((await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS)).outcome).toBe('opened');
  });

  test.each(['revoke', 'keep'] as const)('for the same, after ours, take it over (%s)', async (onReplace) => {
    await start({ onReplace });
    const { placement } = await opened();
    azure.askInPortal(22, '203.0.113.7', 120);
    expect((await observe(placement)).ours).toEqual([]);
    await close(placement);
    expect(azure.rulesLeft()).toEqual([`22 ${HOME}`]);
    azure.advance(121 * MINUTE_MS);
    expect(azure.rulesLeft()).toEqual([]);
  });
});

describe('one source a port', () => {
  test('is refused to a second one while the first is open, and given after', async () => {
    await start();
    const { placement } = await opened();
    const other = rule(azure.machine, 22, OFFICE);
    await expect(placeOne(azure, other)).rejects.toMatchObject({ code: 'sourceTaken', kind: 'conflict' });
    // Closed early: the record lives on until ten, the port is free.
    await close(placement);
    expect((await openOne(azure, await placeOne(azure, other), azure.now() + HOUR_MS)).outcome).toBe('opened');
    expect(azure.rulesLeft()).toEqual([`22 ${OFFICE}`]);
  });
});

describe('what Defender does in its own time', () => {
  test('opening is waited for, and asked for once only', async () => {
    await start({ initiatingMs: 20 * SECOND_MS });
    const placement = await placeOne(azure);
    const until = azure.now() + HOUR_MS;
    const open = () => openOne(azure, placement, until);
    await expect(open()).rejects.toMatchObject({ code: 'cloudBusy' });
    expect((await observe(placement)).ours).toEqual([]);
    await expect(open()).rejects.toMatchObject({ code: 'cloudBusy' });
    expect((await open()).outcome).toBe('present');
    expect(initiates()).toBe(1);
    expect(ours(await observe(placement), placement)).toMatchObject({ until });
  });

  test('what is asked for and not written yet is not called closed', async () => {
    await start({ initiatingMs: 20 * SECOND_MS });
    const placement = await placeOne(azure);
    await openOne(azure, placement, azure.now() + HOUR_MS).catch(() => undefined);
    await expect(close(placement)).rejects.toMatchObject({ code: 'cloudBusy' });
    azure.advance(20 * SECOND_MS);
    expect(azure.rulesLeft()).toEqual([`22 ${HOME}`]);
    await close(placement);
    expect(azure.rulesLeft()).toEqual([]);
  });

  test('a rule that Defender is late to take away is closed', async () => {
    await start({ removeLagMs: 30 * SECOND_MS });
    const { placement, until } = await opened();
    azure.advance(HOUR_MS + SECOND_MS);
    expect(ours(await observe(placement), placement)).toMatchObject({ mark: 'valid', until });
    await close(placement);
    expect(azure.rulesLeft()).toEqual([]);
  });

  test('a rule that Defender writes again is found and closed again, also without its placement', async () => {
    await start({ rewriteOnPut: true });
    const { placement } = await opened();
    await close(placement);
    await azure.adapter.protect(azure.idOf('db-1'), { ports: [] }, never);
    await azure.writePolicyAnew();
    expect(azure.rulesLeft()).toEqual([`22 ${HOME}`]);
    expect(ours(await observe(placement), placement)).toBeDefined();
    await close(placement);
    expect(azure.rulesLeft()).toEqual([]);
  });

  test('a call that lands after it was given up is found', async () => {
    await start();
    const placement = await placeOne(azure);
    azure.sim.faults.add(INITIATE, { kind: 'lateLanding', ms: 5 * SECOND_MS });
    const until = azure.now() + HOUR_MS;
    await expect(openOne(azure, placement, until)).rejects.toMatchObject({ code: 'cloudSilent' });
    azure.advance(5 * SECOND_MS);
    expect(ours(await observe(placement), placement)).toMatchObject({ mark: 'valid', until });
    await close(placement);
    expect(azure.rulesLeft()).toEqual([]);
  });
});

describe('rules that somebody took away', () => {
  test.each([
    ['in one group', GROUPS.slice(0, 1), 'remarked'],
    ['everywhere', GROUPS, 'opened'],
  ] as const)('%s are put back', async (_, groups, outcome) => {
    await start();
    const { placement, until } = await opened();
    azure.advance(MINUTE_MS);
    for (const group of groups) azure.sim.human.removeRule(group, azure.allowsIn(group)[0] ?? '');
    expect(ours(await observe(placement), placement)?.until).toBeUndefined();
    expect((await openOne(azure, placement, until)).outcome).toBe(outcome);
    expect(ours(await observe(placement), placement)?.until).toBe(until);
  });

  test('with their records are known by their place', async () => {
    await start();
    const { placement, until } = await opened();
    await azure.writePolicyAnew();
    expect(ours(await observe(placement), placement)).toMatchObject({ mark: 'valid', fixedEnd: true });
    expect((await openOne(azure, placement, until)).outcome).toBe('remarked');
    await azure.writePolicyAnew();
    await close(placement);
    expect(azure.rulesLeft()).toEqual([]);
  });
});
