import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Stage } from '../../simulators/demo/stage.ts';
import { type House, type Replica, startHouse, stricter } from '../chaos/house.ts';

const MACHINE = 'api-1';
const WAIT = { timeout: 90_000, interval: 200 };
/** So long it is seen that nothing opens: several tries. */
const HELD_MS = 4_000;
const TOKEN = 'a token of the operators';

let house: House;
let stage: Stage;
let one: Replica;
let two: Replica;
beforeAll(async () => {
  process.env.ADMIN_TOKEN = TOKEN;
  house = await startHouse(false, {
    http: { host: '127.0.0.1', port: 0, admin: { port: 0, token: 'env:ADMIN_TOKEN' } },
  });
  stage = new Stage(house.services, () => {});
  [one, two] = house.replicas as [Replica, Replica];
  await stage.slack('security', `/jit protect ${MACHINE} usual leaving`);
}, 120_000);
afterAll(async () => {
  stage.stop();
  delete process.env.ADMIN_TOKEN;
  await house.stop();
});

/** Another configuration for one process; people then write to the other one. */
async function differ(replica: Replica, isStrict: boolean, served: Replica): Promise<void> {
  await house.configure(replica, isStrict ? stricter : undefined);
  house.services.setTarget(served.program?.url ?? '');
}

async function approved(who: 'requester' | 'colleague', source: string, seconds: number): Promise<string> {
  const answer = await stage.slack(who, `/jit request ${MACHINE} ssh for ${seconds}s from ${source} because of a test`);
  const id = /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '';
  await stage.approveInSlack('manager', id);
  return id;
}

function isOpen(source: string): boolean {
  return JSON.stringify(house.services.aws.state().groups).includes(`${source}/32`);
}

async function staysClosed(source: string): Promise<void> {
  for (const late = Date.now() + HELD_MS; Date.now() < late; await wait(100)) expect(isOpen(source)).toBe(false);
}

async function status({ logFile }: Replica) {
  const url = [...readFileSync(logFile, 'utf8').matchAll(/"url":"([^"]+)"[^}]*operators are served/g)].at(-1)?.[1];
  const answer = await fetch(`${url}/status`, { headers: { authorization: `Bearer ${TOKEN}` } });
  return (await answer.json()) as {
    readonly config: string;
    readonly processes: { readonly sameRules: boolean; readonly live: readonly { readonly config: string }[] };
  };
}

describe('two processes of which one is stricter, and knows one person fewer', () => {
  it('open nothing; what the stricter one refuses is refused once it is alone', { timeout: 300_000 }, async () => {
    await differ(two, true, one);
    const source = '203.0.113.61';
    await approved('colleague', source, 30);
    await staysClosed(source);
    await vi.waitFor(async () => expect((await status(one)).processes.sameRules).toBe(false), WAIT);
    const { config, processes } = await status(one);
    expect(new Set(processes.live.map((live) => live.config)).size).toBe(2);
    expect(processes.live.map((live) => live.config)).toContain(config);
    expect(await stage.slack('security', '/jit doctor')).toMatch(
      /judge by different rules.*configuration [0-9a-f]{8}/s,
    );
    await differ(one, true, two);
    await stage.told('was not opened', MACHINE);
    await staysClosed(source);
  });

  it('open what was approved meanwhile once the change is taken back', { timeout: 300_000 }, async () => {
    await differ(one, false, one);
    const source = '203.0.113.62';
    const id = await approved('requester', source, 60);
    await staysClosed(source);

    await differ(two, false, one);
    await vi.waitFor(() => expect(isOpen(source)).toBe(true), WAIT);
    await stage.slack('requester', `/jit revoke ${id}`);
    await vi.waitFor(() => expect(isOpen(source)).toBe(false), WAIT);
  });
});
