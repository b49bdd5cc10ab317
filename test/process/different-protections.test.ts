import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { type House, type HouseConfig, type Replica, startHouse } from '../chaos/house.ts';

/** The configuration of one process has the first one protected; the other one is protected by hand alone. */
const [HELD, BY_HAND] = ['api-1', 'web-1'] as const;
const WAIT = { timeout: 120_000, interval: 100 };
/** The loop that protects goes round at the start, and then every three minutes. */
const HELD_SOON = { timeout: 300_000, interval: 200 };

let house: House;
let stage: Stage;
let one: Replica;
let two: Replica;
beforeAll(async () => {
  house = await startHouse(false);
  stage = new Stage(house.services, () => {});
  [one, two] = house.replicas as [Replica, Replica];
}, 120_000);
afterAll(async () => {
  stage.stop();
  await house.stop();
});

function holding(config: HouseConfig): object {
  return { ...config, protections: [{ name: 'held', machines: { names: [HELD] }, ports: ['ssh'] }] };
}

/** No policy of it covers what is open. */
function otherwise(config: HouseConfig): object {
  return { ...config, policies: config.policies.map((policy) => ({ ...policy, ports: ['rdp'] })) };
}

/** They differ from now on; people write to the second one, to which all of it is strange. */
async function differ(): Promise<void> {
  await house.configure(one, holding);
  await house.configure(two, otherwise);
}

/** Has it the group that only a protected machine has? */
function isProtected(): boolean {
  const { groups, interfaces, instances } = house.services.aws.state();
  const own = new Set(groups.filter(({ name }) => name.startsWith('drawbridge-')).map(({ id }) => id));
  const { id } = instances.find(({ name }) => name === HELD) ?? {};
  return interfaces.some((nic) => nic.instanceId === id && nic.groups.some((group) => own.has(group)));
}

async function opened(machine: string, source: string, length: string): Promise<string> {
  const answer = await stage.slack(
    'requester',
    `/jit request ${machine} ssh for ${length} from ${source} because of a test`,
  );
  const id = /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '';
  await stage.approveInSlack('manager', id);
  await stage.told('is open', machine);
  return id;
}

const left = () => rulesLeft({ services: house.services });

describe('two processes of which the configuration of one has a machine protected', () => {
  it('close what was open before, at its end or at once, though one has no policy for it', {
    timeout: 600_000,
  }, async () => {
    for (const machine of [HELD, BY_HAND])
      expect(await stage.slack('security', `/jit protect ${machine} 22 leaving`)).toMatch(/is protected/);
    const revoked = await opened(HELD, '203.0.113.73', '1h');
    await opened(BY_HAND, '203.0.113.72', '60s');
    await opened(HELD, '203.0.113.71', '60s');
    await vi.waitFor(() => expect(left()).toHaveLength(3), WAIT);
    await differ();
    await stage.slack('requester', `/jit revoke ${revoked}`);
    await vi.waitFor(() => expect(left()).toEqual([]), WAIT);
    for (const machine of [HELD, BY_HAND]) await stage.told('closed, proven', machine);
  });

  it('protect it once both have it, though somebody ended that through the other one', {
    timeout: 900_000,
  }, async () => {
    expect(isProtected()).toBe(true);
    // Whoever ends it is told to wait until all is closed.
    const end = () => stage.slack('security', `/jit unprotect ${HELD}`);
    await vi.waitFor(async () => expect(await end()).toContain('is no longer protected'), WAIT);
    expect(isProtected()).toBe(false);
    // One that starts while they differ looks at once, and leaves it.
    const looks = () => readFileSync(one.logFile, 'utf8').split('nothing is protected until they agree').length;
    const before = looks();
    await house.configure(one, holding);
    await vi.waitFor(() => expect(looks()).toBeGreaterThan(before), HELD_SOON);
    expect(isProtected()).toBe(false);
    await house.configure(two, holding);
    await vi.waitFor(() => expect(isProtected()).toBe(true), HELD_SOON);
    // It is said where the change is made, too.
    expect(await end()).toContain('The configuration has it protected again soon, by `held`');
  });
});
