import { describe, expect, it } from 'vitest';
import { type Protected, protect } from '../../src/app/protect/protect.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import type { ProtectAsk } from '../../src/core/language/command.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Machine, MachineId } from '../../src/core/machine/machine.ts';
import type { StandingRule } from '../../src/core/rule/rule.ts';
import type { MachineState } from '../../src/ports/cloud.ts';
import { HOST, MACHINE, world } from './fixtures.ts';

const machine = (name: string, env: string): Machine => ({
  ...MACHINE,
  id: `aws:123456789012:eu-west-1:i-0${name.padEnd(16, '0').replaceAll(/[^0-9a-f]/g, '0')}`,
  name,
  tags: { env },
});
const [A, B, C] = [machine('a1', 'prod'), machine('b2', 'prod'), machine('c3', 'test')] as const;
const OPEN: StandingRule = {
  port: { number: 22, protocol: 'tcp' },
  source: '0.0.0.0/0',
  through: 'old',
};

function three() {
  const { deps, cloud } = world();
  const written: string[] = [];
  const standing = new Map<MachineId, readonly StandingRule[]>();
  cloud.machineList = [A, B, C];
  const stateOf = (id: MachineId): MachineState => ({
    machine: [A, B, C].find((one) => one.id === id) ?? A,
    standing: standing.get(id) ?? [],
  });
  cloud.look = async (id) => stateOf(id);
  cloud.protect = async (id, { ports }) => {
    written.push(`${stateOf(id).machine.name} ${ports.map(({ port }) => port.number)}`);
    return { ...stateOf(id), protection: { ports } };
  };
  return { deps, cloud, written, standing };
}

function page(result: Protected) {
  if (!('page' in result)) throw new Error('it was done');
  const rows = result.page.sections.flatMap((section) => section.rows);
  const command = rows.find(({ button }) => button)?.button?.command ?? '';
  const confirm = / confirm (\w+)$/.exec(command)?.[1] ?? '';
  const text = result.page.sections.flatMap(({ heading, rows: own }) => [
    phrased(heading),
    ...own.map(({ line }) => plain(line)),
  ]);
  return { title: phrased(result.page.title), text, command, confirm };
}

const PROD: ProtectAsk = { which: ['tag:env=prod'], ports: 'usual' };

describe('protecting several machines', () => {
  it('shows first what will change, and does it with the code of that page', async () => {
    const { deps, written, standing } = three();
    standing.set(A.id, [OPEN]);
    const shown = page(await protect(deps, PROD, HOST));
    expect(shown.title).toBe('Protect 2 machines?');
    expect(shown.text).toContain('a1 (AWS, eu-west-1): 22, 3389, 5985, 5986. Open now: 22 to 0.0.0.0/0 through old.');
    expect(shown.command).toBe(`protect tag:env=prod usual confirm ${shown.confirm}`);
    expect(written).toEqual([]);
    await protect(deps, { ...PROD, confirm: shown.confirm }, HOST);
    expect(written.sort()).toEqual(['a1 22,3389,5985,5986', 'b2 22,3389,5985,5986']);
  });

  it('is shown again, and does nothing, when something changed since', async () => {
    const { deps, written, standing } = three();
    const { confirm } = page(await protect(deps, PROD, HOST));
    standing.set(B.id, [OPEN]);
    const again = page(await protect(deps, { ...PROD, confirm }, HOST));
    expect(again.text).toContain('Something has changed since this was shown. Check it again.');
    expect(again.confirm).not.toBe(confirm);
    expect(page(await protect(deps, { ...PROD, confirm: '' }, HOST)).confirm).toBe(again.confirm);
    expect(written).toEqual([]);
  });

  it('leaves the others done when one fails, and lists it', async () => {
    const { deps, cloud, written } = three();
    const write = cloud.protect;
    cloud.protect = async (id, protection, signal) => {
      if (id === B.id) throw new JitError('cloudDenied', { cloud: 'AWS', code: 'UnauthorizedOperation' });
      return write(id, protection, signal);
    };
    const ask: ProtectAsk = { which: ['c3', 'b2', 'a1'], ports: 'usual' };
    const result = await protect(deps, { ...ask, confirm: page(await protect(deps, ask, HOST)).confirm }, HOST);
    expect(result).toMatchObject({
      done: [{ machine: { name: 'a1' } }, { machine: { name: 'c3' } }],
      failed: [{ name: 'b2', error: { code: 'cloudDenied' } }],
    });
    expect(written).toHaveLength(2);
  });

  it('says which it could not read, and what is protected like this already', async () => {
    const { deps, cloud } = three();
    const look = cloud.look;
    cloud.look = async (id, signal) => {
      if (id === C.id) throw new JitError('cloudSilent', { cloud: 'AWS' });
      const ports = [{ port: OPEN.port, sources: [], longestMs: 86_400_000 }];
      return { ...(await look(id, signal)), ...(id === A.id ? { protection: { ports } } : {}) };
    };
    const limits = { ports: [OPEN.port], sources: [], forMs: 86_400_000 };
    const { title, text } = page(await protect(deps, { which: ['a1', 'b2', 'c3'], ports: limits }, HOST));
    expect(title).toBe('Protect b2?');
    expect(text).toEqual(
      expect.arrayContaining([
        'Will be protected (1)',
        'b2 (AWS, eu-west-1): 22.',
        'Already protected like this (1)',
        'a1 (AWS, eu-west-1).',
        'Could not be read (1)',
        'c3 (AWS, eu-west-1): AWS did not respond. Try again in a minute.',
      ]),
    );
  });

  it('protects one after the other what shares an object', async () => {
    const { deps, cloud } = three();
    cloud.protectKey = async () => 'policy';
    let busy = 0;
    const write = cloud.protect;
    cloud.protect = async (...args) => {
      busy += 1;
      expect(busy).toBe(1);
      await new Promise(setImmediate);
      busy -= 1;
      return write(...args);
    };
    const result = await protect(deps, { ...PROD, confirm: page(await protect(deps, PROD, HOST)).confirm }, HOST);
    expect(result).toMatchObject({ failed: [], done: [{}, {}] });
  });

  it.each([
    [['tag:env=none'], 'unknownSelection'],
    [['not-configured'], 'unknownSelection'],
    [['a1', 'x9'], 'unknownMachine'],
  ])('refuses %s: %s', async (which, code) => {
    await expect(protect(three().deps, { which, ports: 'usual' }, HOST)).rejects.toMatchObject({ code });
  });

  it('refuses to say which machines a tag means while a place cannot be read', async () => {
    const { deps, cloud } = three();
    cloud.unread = ['eu-west-1 of 123456789012', 'us-east-1 of 123456789012'];
    await expect(protect(deps, PROD, HOST)).rejects.toMatchObject({
      code: 'selectionNotRead',
      say: expect.stringContaining('eu-west-1 of 123456789012, us-east-1 of 123456789012 could not be read'),
    });
    // A machine that is named, and was read, is known.
    await protect(deps, { which: ['a1'], ports: 'usual' }, HOST);
    await expect(protect(deps, { which: ['x9'], ports: 'usual' }, HOST)).rejects.toMatchObject({
      code: 'machineNotRead',
    });
  });

  it('takes fifty at most', async () => {
    const { deps, cloud } = three();
    cloud.machineList = Array.from({ length: 51 }, (_, i) => ({
      ...machine(`m${i}`, 'prod'),
      id: `aws:123456789012:eu-west-1:i-0${String(i).padStart(16, '0')}`,
    }));
    await expect(protect(deps, PROD, HOST)).rejects.toMatchObject({ code: 'tooManyMachines' });
  });
});
