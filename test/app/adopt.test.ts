import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { adopting } from '../../src/adopt.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { LiveHouse } from '../../src/config/live.ts';
import { readConfig } from '../../src/config/load.ts';
import { configVersion } from '../../src/config/version.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import type { Place } from '../../src/core/people/place.ts';
import { RuleKeeper } from '../../src/keeper.ts';
import { configOf, SMALL } from '../config/files.ts';
import { memoryRuleRecords } from '../memory/rule-records.ts';
import { entriesOf } from './audited.ts';
import { toldWorld } from './told.ts';

const OPERATORS: Place = { chat: 'slack', kind: 'channel', id: 'C0OPERATORS' };
const RENAMED = SMALL.replace('name: Ada', 'name: Ada Okafor');

/** A program that runs with a small configuration, and takes up what is read. */
async function running() {
  const { deps: known, told, titles, audit, clock } = toldWorld([OPERATORS]);
  const log: string[] = [];
  const keep = (fields: object, said: string) => void log.push(`${said} ${JSON.stringify(fields)}`);
  const deps = { ...known, log: { info: keep, warn: keep, error: keep } };
  const { directory } = deps;
  let missing: JitError | undefined;
  const house = await LiveHouse.of(configOf(SMALL), async () => {
    if (missing) throw missing;
    return { ...directory, accountOf: () => undefined };
  });
  const keeper = new RuleKeeper({
    deps,
    house,
    records: memoryRuleRecords(),
    people: async () => directory,
    resolve: false,
  });
  const adopt = adopting({ deps, house, keeper }, new Alarms(deps));
  return {
    house,
    clock,
    told,
    titles,
    log,
    audit,
    adopt: (text: string) => adopt({ config: configOf(text), warnings: [] }, text),
    bad: (...faults: readonly string[]) => adopt({ faults }, ''),
    first: (text: string) => adopt(readConfig(text), text),
    /** Another process on the same store, whose house is its own. */
    other: (text: string) => adopting({ deps, house, keeper }, new Alarms(deps))(readConfig(text), text),
    lose: (what: JitError | undefined) => {
      missing = what;
    },
  };
}

describe('a configuration that was read again', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  it('is taken up, with its version in the log and the audit', async () => {
    const { adopt, audit, house, log, told } = await running();
    await adopt(RENAMED);
    const version = configVersion(configOf(RENAMED));
    expect(configVersion(house.config)).toBe(version);
    expect(log).toEqual([`drawbridge.yaml was read again {"config":"${version}"}`]);
    expect(entriesOf(audit)).toMatchObject([
      { event: 'configure', outcome: 'done', by: 'configuration', why: `version ${version}` },
    ]);
    expect(told).toEqual([]);
  });

  it('names to the operators what needs a restart, and says when none is needed any more', async () => {
    const { adopt, told, titles } = await running();
    await adopt(`${SMALL}http: { port: 8080 }\nredis: { prefix: other }\n`);
    expect(told).toEqual([
      'C0OPERATORS drawbridge.yaml was changed where a restart is needed | Changed, and taken up at the next start: redis, http.',
    ]);
    await adopt(SMALL);
    expect(titles().at(-1)).toBe('No restart is needed any more');
  });

  it('with errors leaves the version that runs; the log has every one, the operators ten, and are told when it is right', async () => {
    const { adopt, bad, house, told, log, audit } = await running();
    const version = configVersion(house.config);
    const faults = Array.from({ length: 12 }, (_, n) => `fault ${n} (line ${n})`);
    await bad(...faults);
    expect(log[0]).toMatch(/^drawbridge.yaml has errors, and is not taken up .*fault 11 \(line 11\)/);
    expect(configVersion(house.config)).toBe(version);
    expect(entriesOf(audit)).toEqual([]);
    for (const fault of faults.slice(0, 10)) expect(told[0]).toContain(fault);
    expect(told[0]).not.toContain('fault 10');
    expect(told[0]).toContain(`Version ${version} goes on.`);
    // Another text with other faults is told as well.
    vi.advanceTimersByTime(5_000);
    await bad('colour: is not a setting here (line 1)');
    expect(told[1]).toContain('colour: is not a setting here');
    await adopt(RENAMED);
    expect(told[2]).toMatch(/^C0OPERATORS drawbridge.yaml is right again \| Version \w+ is in use\.$/);
  });

  it('with something that cannot be had here is taken up as a whole, or not at all', async () => {
    const { adopt, house, lose, titles } = await running();
    lose(new JitError('cloudDenied', { cloud: 'AWS', code: 'AccessDenied' }));
    await adopt(RENAMED);
    expect(house.config.people[0]?.name).toBe('Ada');
    expect(titles()).toEqual(['drawbridge.yaml has errors, and is not taken up']);
    lose(undefined);
    await adopt(RENAMED);
    expect(house.config.people[0]?.name).toBe('Ada Okafor');
  });

  it('says the same trouble once, however often it is tried again; that something else is wrong, and that it is right, each time', async () => {
    const { adopt, lose, titles, told } = await running();
    lose(new JitError('cloudDenied', { cloud: 'AWS', code: 'AccessDenied' }));
    expect(await adopt(RENAMED)).toBe(false);
    expect(told[0]).toContain('The file is tried again every minute.');
    vi.advanceTimersByTime(60_000);
    expect(await adopt(RENAMED)).toBe(false);
    expect(told).toHaveLength(1);
    lose(new JitError('cloudBusy', { cloud: 'AWS' }));
    vi.advanceTimersByTime(60_000);
    expect(await adopt(RENAMED)).toBe(false);
    expect(told).toHaveLength(2);
    lose(undefined);
    expect(await adopt(RENAMED)).toBe(true);
    expect(titles().slice(2)).toEqual(['drawbridge.yaml is right again']);
    vi.advanceTimersByTime(60_000);
    lose(new JitError('cloudBusy', { cloud: 'AWS' }));
    expect(await adopt(SMALL)).toBe(false);
    lose(undefined);
    expect(await adopt(SMALL)).toBe(true);
    expect(titles().slice(3)).toEqual([
      'drawbridge.yaml has errors, and is not taken up',
      'drawbridge.yaml is right again',
    ]);
  });

  it('that is wrong, right, and wrong in the same way again within minutes is told each time', async () => {
    const { adopt, bad, clock, titles } = await running();
    for (let i = 0; i < 3; i += 1) {
      await bad('colour: is not a setting here (line 1)');
      clock.advance(70_000);
      await bad('colour: is not a setting here (line 1)');
      await adopt(SMALL);
      clock.advance(70_000);
    }
    const once = ['drawbridge.yaml has errors, and is not taken up', 'drawbridge.yaml is right again'];
    expect(titles()).toEqual([...once, ...once, ...once]);
  });

  it('with errors is told by one of several processes, though they look a moment apart', async () => {
    const { adopt, first, other, titles } = await running();
    const faulty = SMALL.replace('installation: test', 'installation: [');
    expect(await first(faulty)).toBe(false);
    vi.advanceTimersByTime(3_000);
    expect(await other(faulty)).toBe(false);
    expect(titles()).toEqual(['drawbridge.yaml has errors, and is not taken up']);
    await adopt(SMALL);
    expect(titles().at(-1)).toBe('drawbridge.yaml is right again');
  });
});
