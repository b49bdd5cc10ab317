import { afterEach, describe, expect, it, vi } from 'vitest';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { inTurn } from '../../src/app/request/turns.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const here: MachineId = 'aws:123456789012:eu-west-1:i-0123456789abcdef1';
const there: MachineId = 'aws:210987654321:eu-west-1:i-0123456789abcdef1';
const AT_ONCE = 20;

/** Works that end when told, and how many of them have begun. */
function works() {
  const begun: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => void begun.push(resolve));
  return { begun, work, deps: { clouds: new Map() } };
}

describe('what many ask for in the same second', () => {
  afterEach(() => void vi.useRealTimers());

  it('is judged some at once, in its order, until all are: also where one fails', async () => {
    const { deps, begun, work } = works();
    const done: number[] = [];
    const all = Array.from({ length: 2 * AT_ONCE + 5 }, (_, n) =>
      inTurn(deps, here, async () => {
        await work();
        if (n % 7 === 3) throw new Error('no');
      }).then(
        () => void done.push(n),
        () => void done.push(n),
      ),
    );
    for (let n = 0; n < all.length; n += 1) {
      expect(begun.length).toBe(Math.min(all.length, AT_ONCE + n));
      begun[n]?.();
      await all[n];
    }
    expect(done).toEqual(all.map((_, n) => n));
    // Nothing is left taken.
    const again = works();
    void Promise.all(Array.from({ length: AT_ONCE }, () => inTurn(deps, here, again.work)));
    expect(again.begun.length).toBe(AT_ONCE);
  });

  it('waits for nothing in another account, and not for ever in its own', async () => {
    vi.useFakeTimers();
    const { deps, begun, work } = works();
    const hung = Array.from({ length: AT_ONCE }, () => inTurn(deps, here, work));
    const late = inTurn(deps, here, async () => 'judged').catch((error: unknown) => error);
    expect(await inTurn(deps, there, async () => 'judged')).toBe('judged');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await late).toMatchObject({ code: 'cloudSilent', kind: 'busy' });
    for (const end of begun) end();
    await Promise.all(hung);
    expect(await inTurn(deps, here, async () => 'judged')).toBe('judged');
  });

  it('is how an approval is judged', async () => {
    const { deps, cloud } = world();
    const { id } = await submit(deps, ADA, ASK, SENDER);
    const look = vi.spyOn(cloud, 'look');
    const { begun, work } = works();
    const others = Array.from({ length: AT_ONCE }, () => inTurn(deps, MACHINE.id, work));
    const approving = decide(deps, GRACE, { request: id, verdict: 'approve' });
    await vi.waitFor(() => expect(begun).toHaveLength(AT_ONCE));
    expect(look).not.toHaveBeenCalled();
    for (const end of begun) end();
    await Promise.all(others);
    expect((await approving).status).toBe('activating');
    expect(look).toHaveBeenCalledOnce();
  });
});
