import { describe, expect, it } from 'vitest';
import { alarmOfGlass } from '../../src/app/glass/alarm.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { say } from '../../src/core/language/say.ts';
import { phrased } from '../../src/core/language/text.ts';
import { TONGUES } from '../../src/core/words/tongues.ts';
import type { AlarmNews, AlarmWay } from '../../src/ports/alarm-way.ts';
import { entriesOf } from './audited.ts';
import { MACHINE } from './fixtures.ts';
import { glassWorld } from './glass-fixtures.ts';

const NEVER = new AbortController().signal;

/** One that takes what it is told, unless it is away. */
class TestWay implements AlarmWay {
  readonly name: string;
  readonly told: AlarmNews[] = [];
  isAway = false;

  constructor(name: string) {
    this.name = name;
  }

  async tell(news: AlarmNews): Promise<void> {
    if (this.isAway) throw new Error('away');
    this.told.push(news);
  }
}

describe('broken glass', () => {
  it('is told by every way that needs no chat, each once, whatever chats do', async () => {
    const here = glassWorld();
    const [pager, gateway] = [new TestWay('pager'), new TestWay('gateway')];
    const deps = { ...here.deps, chats: new Map(), ways: [pager, gateway] };
    const { id } = await here.broken(deps);
    expect(await alarmOfGlass(deps, NEVER)).toBe(2);
    await converge(deps, MACHINE.id, NEVER);
    expect(await alarmOfGlass(deps, NEVER)).toBe(0);
    for (const { told } of [pager, gateway])
      expect(told).toEqual([
        {
          id: `glass-${id}`,
          kind: 'break-glass',
          at: here.clock.now(),
          title: 'BREAK-GLASS: Ada opens api-1',
          lines: [
            'port 22 (SSH) from 203.0.113.7 for 1 h, since 2026-11-23T12:00:00.000Z. Nobody approved this.',
            'Reason: “the shop is down”',
            `Request ${id}. To close it: \`/jit revoke ${id}\`, or \`npx jit revoke ${id}\` on the computer that runs Drawbridge.`,
          ],
        },
      ]);
    expect(entriesOf(here.audit).map(({ event }) => event)).not.toContain('alarmed');
  });

  it('is told in the language of the installation', async () => {
    const here = glassWorld();
    const pager = new TestWay('pager');
    const deps = { ...here.deps, rules: { ...here.deps.rules, language: 'de' as const }, ways: [pager] };
    await here.broken(deps);
    await alarmOfGlass(deps, NEVER);
    const [{ title = '', lines = [] } = {}] = pager.told;
    expect(title).toBe(phrased(say`BREAK-GLASS: ${'Ada'} opens ${'api-1'}`, TONGUES.de));
    expect(title).not.toContain('opens');
    expect(lines.join(' ')).not.toMatch(/\b(?:approved|Reason|computer)\b/);
  });

  it('is told again by the one that did not take it, and by no other', async () => {
    const here = glassWorld();
    const [pager, gateway] = [new TestWay('pager'), new TestWay('gateway')];
    const deps = { ...here.deps, ways: [pager, gateway] };
    pager.isAway = true;
    await here.broken(deps);
    expect(await alarmOfGlass(deps, NEVER)).toBe(1);
    expect(here.log).toContain('an alarm was not taken');
    pager.isAway = false;
    expect(await alarmOfGlass(deps, NEVER)).toBe(1);
    expect([pager.told.length, gateway.told.length]).toEqual([1, 1]);
  });

  it('holds up nothing where there is no way', async () => {
    const { deps, broken } = glassWorld();
    await broken();
    expect(await alarmOfGlass(deps, NEVER)).toBe(0);
  });
});
