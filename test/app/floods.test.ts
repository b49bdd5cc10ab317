import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { everything } from '../../src/app/inbox/queries.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { pending } from '../conformance/fixtures.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const LIN: Person = {
  id: 'lin',
  name: 'Lin',
  slack: 'U3',
  manager: 'grace',
  address: '203.0.113.8/32',
  groups: ['eng'],
};
const LINS = { ...SENDER, user: 'U3', key: 'l1' } as const;
const signal = new AbortController().signal;

/** Requests of somebody that were made in whatever way. */
function flood(count: number, patch: Parameters<typeof pending>[2] = {}) {
  return Array.from({ length: count }, (_, n) => {
    const request = pending(`flood${n}`, Date.UTC(2026, 10, 23, 12) + n, {
      machine: MACHINE.id,
      machineName: 'api-1',
      ...patch,
    });
    return { next: request, from: 0 };
  });
}

async function flooded(count: number) {
  const made = world({ people: [ADA, GRACE, LIN] });
  const { id } = await submit(made.deps, LIN, { ...ASK, source: '203.0.113.8/32' }, LINS);
  await decide(made.deps, GRACE, { request: id, version: 1, verdict: 'approve' });
  await converge(made.deps, MACHINE.id, signal);
  made.clock.advance(1);
  await made.deps.store.save(flood(count));
  const says = async (user: string, text: string) =>
    (await inbox(made.deps).command({ ...SENDER, user, key: text }, text)).lines.map(plain).join('\n');
  return { ...made, id, says };
}

describe('a flood of requests of one person', () => {
  it('hides nothing of others from them, nor from who decides: list and revoke know what is theirs', async () => {
    const { says, id } = await flooded(700);
    expect(await says('U3', 'list')).toContain(id);
    expect(await says('U3', 'revoke api-1')).toContain(`Request \`${id}\` for api-1`);
  });

  it('hides nothing from security: all that is open is listed, and closed', async () => {
    const made = await flooded(700);
    const deps = { ...made.deps, rules: { ...made.deps.rules, security: ['person:grace'] as const } };
    const says = async (text: string) => (await inbox(deps).command({ ...SENDER, user: 'U2', key: text }, text)).lines;
    await says('list all');
    const open = await everything(deps);
    expect(open.map(({ id }) => id)).toContain(made.id);
    expect((await says('revoke api-1')).map(plain).join('\n')).toContain(`Request \`${made.id}\` for api-1`);
  });

  it('costs converge nothing: what waits is not read', async () => {
    const { deps } = await flooded(700);
    expect((await deps.store.liveOn(MACHINE.id)).requests).toHaveLength(1);
  });

  it('expires in portions when its time is over, after what is to be closed', async () => {
    const { deps, clock, cloud } = await flooded(3);
    clock.advance(3_600_010);
    cloud.calls.length = 0;
    await converge(deps, MACHINE.id, signal);
    expect(cloud.calls).toEqual(['close 1']);
    expect((await deps.store.load('flood2')).request?.status).toBe('expired');
  });
});

describe('one request too many', () => {
  const limited = (floods: { person?: number; machine?: number; all?: number }) => {
    const made = world({ people: [ADA, GRACE, LIN] });
    return {
      ...made,
      deps: { ...made.deps, rules: { ...made.deps.rules, floods: { person: 99, machine: 99, all: 99, ...floods } } },
    };
  };

  it.each([
    [
      'of a person',
      { person: 2 },
      'You already have 2 requests that are pending or open, and that is the limit. `/jit list` shows them',
    ],
    ['on a machine', { machine: 2 }, 'api-1 already has 2 requests that are pending or open'],
    ['in all', { all: 2 }, 'Drawbridge already has 2 requests that are pending or open'],
  ])('%s is refused, and it is said what to do', async (_, floods, words) => {
    const { deps } = limited(floods);
    const ask = (key: string) =>
      inbox(deps).command({ ...SENDER, key }, `request api-1 ssh from 203.0.113.${key} because deploy`);
    expect((await ask('1')).refused).toBe(false);
    expect((await ask('2')).refused).toBe(false);
    const third = await ask('3');
    expect(third.refused).toBe(true);
    expect(third.lines.map(plain).join('\n')).toContain(words);
    // What is there goes on: it is decided, and closed.
    const [request] = await deps.store.live(1);
    await decide(deps, GRACE, { request: request?.id ?? '', version: 1, verdict: 'approve' });
    expect((await deps.store.load(request?.id ?? '')).request?.status).toBe('activating');
  });

  it('of many that come at once is one too many all the same', async () => {
    const { deps } = limited({ person: 5 });
    const asked = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        submit(deps, ADA, { ...ASK, source: `203.0.113.${n}/32` }, { ...SENDER, key: `at-once-${n}` }),
      ),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(asked.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))).toEqual(
      Array.from({ length: 15 }, () => 'tooManyOfYours'),
    );
  });

  it('card is sent to no more than 25 places, which is said; whoever asked has one', async () => {
    const made = world();
    const tell = Array.from({ length: 30 }, (_, n) => ({ chat: 'slack', kind: 'channel', id: `C${n}` }) as const);
    made.house.policies = [{ ...POLICY, tell }];
    const request = await submit(made.deps, ADA, ASK, SENDER);
    expect(request.places).toHaveLength(25);
    expect(request.places[0]).toEqual({ chat: 'slack', kind: 'private', id: 'U1' });
    expect(request.warnings).toEqual(['Cards go to 25 places at most: 7 approvers or channels more get none.']);
  });
});
