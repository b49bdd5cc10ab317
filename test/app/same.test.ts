import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit, take } from '../../src/app/request/submit.ts';
import { plain } from '../../src/core/language/text.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const again = (key: string) => ({ ...SENDER, key });
const RDP = { number: 3389, protocol: 'tcp' } as const;

describe('a second request for the same', () => {
  it('shows the first while that waits, and nobody is asked again', async () => {
    const { deps, queue } = world();
    const first = await take(deps, ADA, ASK, again('k1'));
    queue.flush();
    const second = await take(deps, ADA, { ...ASK, forMs: 1_800_000, justification: 'please' }, again('k2'));
    expect(first.stoodBefore).toBeUndefined();
    expect(second).toEqual({ request: first.request, stoodBefore: true });
    expect(queue.waiting).toEqual([]);
    expect((await deps.store.recent('ada', 9)).map(({ id }) => id)).toEqual([first.request.id]);
  });

  it('shows it while it is open, and no more once it is over', async () => {
    const { deps, clock } = world();
    const { id } = await submit(deps, ADA, ASK, again('k1'));
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await converge(deps, MACHINE.id, never);
    expect((await submit(deps, ADA, ASK, again('k2'))).id).toBe(id);
    clock.advance(3_600_000);
    // Nobody has looked at it since: it is over all the same.
    expect((await submit(deps, ADA, ASK, again('k3'))).id).not.toBe(id);
  });

  it.each([
    'ssh api-1 60 minutes from 203.0.113.7/32 because again',
    'Request <http://api-1|api-1>:22 bis 15 Uhr from `203.0.113.7` weil noch einmal',
    'request “api-1” tcp/22 half an hour from ip 203.0.113.7, because R&amp;D',
  ])('is the same in other words: %s', async (typed) => {
    const { deps } = world();
    const box = inbox(deps);
    await box.command(again('k1'), 'request api-1 22 for 1h from 203.0.113.7 because deploy');
    const { lines } = await box.command(again('k2'), typed);
    expect(lines.map(plain).join(' ')).toContain('You requested this already, so nothing new was sent');
    expect(await deps.store.recent('ada', 9)).toHaveLength(1);
  });

  it('is another one after a denial, and of another source, port, or person', async () => {
    const { deps } = world({ policies: [{ ...POLICY, ports: [...POLICY.ports, RDP] }] });
    const { id } = await submit(deps, ADA, ASK, again('k1'));
    const others = [
      await submit(deps, ADA, { ...ASK, source: '203.0.113.9/32' }, again('k2')),
      await submit(deps, ADA, { ...ASK, ports: [RDP] }, again('k3')),
    ];
    await decide(deps, GRACE, { request: id, verdict: 'deny', reason: 'no' });
    others.push(await submit(deps, ADA, { ...ASK, source: '203.0.113.7/32' }, again('k4')));
    expect(new Set([id, ...others.map((one) => one.id)]).size).toBe(4);
  });

  it('is one, however many come at once', async () => {
    const { deps } = world();
    const keys = Array.from({ length: 50 }, (_, n) => `k${n}`);
    const all = await Promise.all(keys.map((key) => take(deps, ADA, ASK, again(key))));
    expect(new Set(all.map(({ request }) => request.id)).size).toBe(1);
    expect(all.filter(({ stoodBefore }) => !stoodBefore)).toHaveLength(1);
  });

  it('is answered with how the first stands, and how to get another time', async () => {
    const { deps } = world();
    const says = async (text: string) => (await inbox(deps).command(again(text), text)).lines.map(plain).join('\n');
    await says('request api-1 for 1h because deploy');
    const { id } = await submit(deps, ADA, ASK, again('other'));
    const said = await says('request api-1 for 2h because deploy!');
    expect(said).toContain(`nothing new was sent: request \`${id}\` for api-1, port 22 (SSH) for 1 h from 203.0.113.7`);
    expect(said).toContain('Waiting for approval by Grace.');
    expect(said).toContain(`\`/jit withdraw ${id}\`, then request again`);
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    expect(await says('request api-1 for 2h because it takes longer')).toContain(`\`/jit extend ${id} for 2h\``);
  });
});
