import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { plain } from '../../src/core/language/text.ts';
import { isApproved } from '../../src/core/request/request.ts';
import { GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 23, 12);

function house() {
  const made = world();
  const box = inbox(made.deps);
  let key = 0;
  const says = async (text: string, zone?: string) => {
    key += 1;
    const sender = { ...SENDER, key: `k${key}`, ...(zone === undefined ? {} : { zone }) };
    return (await box.command(sender, text)).lines.map(plain);
  };
  const only = async () => {
    const [request] = await made.deps.store.live(2);
    if (!request) throw new Error('there is no request');
    return request;
  };
  return { ...made, says, only };
}

async function opened() {
  const made = house();
  await made.says('request api-1 for 1h because x');
  const { id } = await made.only();
  await decide(made.deps, GRACE, { request: id, verdict: 'approve' });
  await converge(made.deps, MACHINE.id, new AbortController().signal);
  return made;
}

describe('access until a time of day', () => {
  it('ends then, however late it is approved', async () => {
    const { says, only, deps, clock } = house();
    const [first] = await says('request api-1 until 15:00 because x');
    expect(first).toMatch(/: port 22 \(SSH\) for 3 h from 203\.0\.113\.7.*, until 15:00 UTC at the latest\.$/);
    clock.advance(2 * HOUR);
    const { id } = await only();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    const request = await only();
    expect(isApproved(request) && request.lease.until).toBe(NOON + 3 * HOUR);
  });

  it('is no longer waited for at its end', async () => {
    const { says, only } = house();
    await says('request api-1 until 15:00 because x');
    expect(await only()).toMatchObject({ endBy: NOON + 3 * HOUR, answerBy: NOON + 3 * HOUR });
  });

  it('gives by itself no more time than was seen, where it was approved late', async () => {
    const { says, only, deps, clock } = house();
    await says('request api-1 until 15:00 because x');
    clock.advance(2.9 * HOUR);
    const { id } = await only();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await converge(deps, MACHINE.id, new AbortController().signal);
    await says('extend for 2h');
    const request = await only();
    expect(isApproved(request) && request.lease.until).toBe(NOON + 3 * HOUR);
    expect(request).toMatchObject({ extension: { forMs: 2 * HOUR } });
  });

  it('is told on the clock of whoever speaks', async () => {
    const { says, only } = house();
    await says('request api-1 until 15:00 because x', 'Europe/Berlin');
    expect(await only()).toMatchObject({ endBy: NOON + 2 * HOUR, forMs: 2 * HOUR });
  });

  it('that is over already is refused, with the next such time', async () => {
    const { says } = house();
    expect(await says('request api-1 until 11:00 because x')).toEqual([
      '“11:00” is over already (UTC). Name a time to come. Try `/jit request api-1 until tomorrow 11:00 because x`',
    ]);
  });

  it('extends access until then, and not to an end that it has', async () => {
    const { says, only, deps } = await opened();
    await says('extend until 15:30');
    const asked = await only();
    expect(asked).toMatchObject({ extension: { forMs: 2.5 * HOUR } });
    await decide(deps, GRACE, { request: asked.id, verdict: 'approve' });
    expect(await says(`extend ${asked.id} until 15:00`)).toEqual([
      'It is open until 15:30 UTC already. `/jit list` shows it.',
    ]);
  });
});
