import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { decide } from '../../src/app/request/decide.ts';
import { withdraw } from '../../src/app/request/end.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Active } from '../../src/core/request/request.ts';
import { approved } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const HOUR = 3_600_000;

/** What is open for an hour; `own` may be taken more without a decision. */
async function open(own: number) {
  const made = await approved({ policies: [{ ...POLICY, extendSelfUpToMs: own }] });
  await made.converge();
  const load = async () => (await made.load()) as Active;
  const { version, lease } = await load();
  const box = inbox(made.deps);
  // A client sends again under another ID what it heard no answer to.
  const press = (shown = version) =>
    box.press({ ...SENDER, key: randomUUID() }, { verb: 'extend', request: made.id, version: shown });
  return { ...made, load, box, press, until: lease.until };
}

describe('more time that is pressed twice on one card', () => {
  it('is given once where nobody decides it, and again on the card that shows it', async () => {
    const { press, load, until } = await open(3 * HOUR);
    await press();
    await press();
    expect((await load()).lease.until).toBe(until + HOUR);
    expect((await press((await load()).version)).refused).toBe(false);
    expect((await load()).lease.until).toBe(until + 2 * HOUR);
  });

  it('is given once where both come at the same time', async () => {
    const { press, load, until } = await open(3 * HOUR);
    await Promise.all([press(), press()]);
    expect((await load()).lease.until).toBe(until + HOUR);
  });

  it('is asked for once, and the second press is answered as the first', async () => {
    const { press, load, deps, id } = await open(0);
    expect((await press()).refused).toBe(false);
    expect((await press()).refused).toBe(false);
    await decide(deps, GRACE, { request: id, verdict: 'deny', reason: 'no' });
    // What was denied is asked for anew on the card that says so, not by the press that comes late.
    await press();
    expect((await load()).extension).toBeUndefined();
    await press((await load()).version);
    expect((await load()).extension).toBeDefined();
  });

  it('is given twice where it is typed twice', async () => {
    const { box, load, until, id } = await open(3 * HOUR);
    for (const key of ['t1', 't2']) await box.command({ ...SENDER, key }, `extend ${id} for 30m`);
    expect((await load()).lease.until).toBe(until + HOUR);
  });
});

describe('a form that is sent again', () => {
  it('when its request is over asks for nothing, and says how to ask again', async () => {
    const { deps } = world();
    const box = inbox(deps);
    const form = { machine: MACHINE.id, ports: ['22'], duration: '1h', source: '', justification: 'deploy' };
    const submit = () => box.submit({ ...SENDER, key: 'form/f1' }, form);
    await submit();
    const [request] = await deps.store.live(10);
    await withdraw(deps, ADA, request?.id ?? '');
    const { lines } = await submit();
    expect(lines.map(plain).join(' ')).toContain(
      `Withdrawn by Ada. To request the same again: \`/jit again ${request?.id}\`.`,
    );
    expect(await deps.store.live(10)).toEqual([]);
  });
});
