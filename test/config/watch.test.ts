import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveHouse, restartsFor, takenUp } from '../../src/config/live.ts';
import { type Read, readConfig } from '../../src/config/load.ts';
import { configVersion } from '../../src/config/version.ts';
import { type ConfigWatch, watchConfig } from '../../src/config/watch.ts';
import { configOf, SMALL } from './files.ts';

const EVERY_MS = 1_000;
const read = async (text: string): Promise<Read> => readConfig(text, { resolve: true });

describe('a configuration that changes while the program runs', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'drawbridge-watch-')), 'drawbridge.yaml');
  let told: Read[];
  let watch: ConfigWatch;
  const look = () => vi.advanceTimersByTimeAsync(EVERY_MS);
  const write = (text: string) => writeFileSync(file, text);

  beforeEach(() => {
    vi.useFakeTimers();
    for (const [name, value] of Object.entries({ T: 'x', S: 'x', BOT: 'x', SIGNING: 'x' })) vi.stubEnv(name, value);
    for (const [, name = ''] of SMALL.matchAll(/env:(\w+)/g)) vi.stubEnv(name, 'x');
    told = [];
    write(SMALL);
    watch = watchConfig(file, EVERY_MS, {
      read,
      tell: async (one) => {
        told.push(one);
        return 'config' in one;
      },
      failed: (error) => expect.unreachable(String(error)),
    });
  });
  afterEach(() => {
    watch.stop();
    vi.unstubAllEnvs();
    vi.useRealTimers();
  });

  it('is told once, when its text is another one', async () => {
    await look();
    expect(told).toEqual([]);
    write(SMALL.replace('name: Ada', 'name: Ada Okafor'));
    await look();
    await look();
    expect(told).toMatchObject([{ config: { people: [{ name: 'Ada Okafor' }, {}] } }]);
  });

  it('is told again where it could not be taken up', async () => {
    watch.stop();
    const failed: unknown[] = [];
    let tries = 0;
    const tell = async () => {
      tries += 1;
      if (tries === 1) throw new Error('Redis is away');
      return true;
    };
    watch = watchConfig(file, EVERY_MS, { read, tell, failed: (error) => void failed.push(error) });
    write(SMALL.replace('name: Ada', 'name: Ada Okafor'));
    for (let i = 0; i < 3; i += 1) await look();
    expect([tries, failed.length]).toEqual([2, 1]);
  });

  it('is tried again every minute while it is not taken up, such as while a secret store or a directory is away', async () => {
    watch.stop();
    let tries = 0;
    let isAway = true;
    const tell = async () => {
      tries += 1;
      return !isAway;
    };
    watch = watchConfig(file, EVERY_MS, { read, tell, failed: (error) => expect.unreachable(String(error)) });
    write(SMALL.replace('name: Ada', 'name: Ada Okafor'));
    await look();
    for (let i = 0; i < 59; i += 1) await look();
    expect(tries).toBe(1);
    await look();
    expect(tries).toBe(2);
    isAway = false;
    for (let i = 0; i < 60; i += 1) await look();
    expect(tries).toBe(3);
    // Taken up: nothing is left to try.
    for (let i = 0; i < 180; i += 1) await look();
    expect(tries).toBe(3);
  });

  it('is taken up once what it refers to is there, though its text stays', async () => {
    const missing = SMALL.replace('env:A', 'env:NOT_THERE_YET');
    write(missing);
    for (let i = 0; i < 2; i += 1) await look();
    expect(told.at(-1)).toHaveProperty('faults');
    vi.stubEnv('NOT_THERE_YET', 'x');
    for (let i = 0; i < 60; i += 1) await look();
    expect(told.at(-1)).toHaveProperty('config');
    const many = told.length;
    for (let i = 0; i < 180; i += 1) await look();
    expect(told).toHaveLength(many);
  });

  it('that is put back to what runs is not tried any more', async () => {
    write('installation: [');
    for (let i = 0; i < 2; i += 1) await look();
    write(SMALL);
    await look();
    const many = told.length;
    for (let i = 0; i < 180; i += 1) await look();
    expect(told).toHaveLength(many);
  });

  it('is told to be wrong when it stays so, and right again', async () => {
    write('installation: [');
    await look();
    expect(told).toEqual([]);
    await look();
    await look();
    expect(told).toHaveLength(1);
    expect(told[0]).toHaveProperty('faults');
    write(SMALL);
    await look();
    expect(told[1]).toHaveProperty('config');
  });

  it('may be half written, or away for a moment', async () => {
    write(SMALL.slice(0, 40));
    await look();
    write(SMALL);
    await look();
    rmSync(file);
    await look();
    write(SMALL);
    await look();
    expect(told.every((read) => 'config' in read)).toBe(true);
    rmSync(file);
    await look();
    await look();
    expect(told.at(-1)).toEqual({ faults: [`${file} cannot be read`] });
  });

  it('is read at once where that is asked for', async () => {
    await watch.again();
    expect(told).toHaveLength(1);
    write('installation: [');
    await watch.again();
    expect(told[1]).toHaveProperty('faults');
  });
});

describe('what is taken up', () => {
  const before = configOf(SMALL);
  const after = configOf(
    `${SMALL.replace('name: Ada', 'name: Ada Okafor')}http: { port: 8080 }\nredis: { prefix: other }\n`,
  );

  it('is rules and people; connections need a restart, and are named', () => {
    expect(restartsFor(before, after)).toEqual(['redis', 'http']);
    expect(restartsFor(before, before)).toEqual([]);
    expect(takenUp(before, after)).toEqual({ ...before, people: after.people });
  });

  it('is all of it, or nothing, and leaves alone who asked before', async () => {
    let isBad = false;
    const directory = {
      accountOf: () => undefined,
      person: async () => undefined,
      byId: async () => undefined,
      find: async () => undefined,
    };
    const house = await LiveHouse.of(before, async () => {
      if (isBad) throw new Error('no secret');
      return { ...directory, members: async () => [], reach: () => [] };
    });
    const { rules, directory: first } = house;
    await house.adopt(configOf(SMALL.replace('[ssh]', '[ssh, rdp]')));
    expect(rules.policies[0]?.ports).toHaveLength(1);
    expect(house.rules.policies[0]?.ports).toHaveLength(2);
    // Nobody changed: what is known of them stays.
    expect(house.directory).toBe(first);
    isBad = true;
    await expect(house.adopt(after)).rejects.toThrow('no secret');
    expect(house.config.people).toEqual(before.people);
    isBad = false;
    await house.adopt(after);
    expect(house.directory).not.toBe(first);
    expect(house.config).toMatchObject({ people: after.people, http: before.http });
  });

  it('has the same version when it was taken up as when it is started with', () => {
    const [old, read] = [SMALL, SMALL.replace('name: Ada', 'name: Ada Okafor')].map(configOf);
    if (!old || !read) return expect.unreachable();
    expect(configVersion(takenUp(old, read))).toBe(configVersion(read));
    expect(configVersion(takenUp(old, read))).not.toBe(configVersion(old));
  });
});
