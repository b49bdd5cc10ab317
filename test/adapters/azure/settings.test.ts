import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AzureSettings } from '../../../adapters/azure/index.ts';
import { createCertificate } from '../../../simulators/shared/certificate.ts';
import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import { go, HOME, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness } from './harness.ts';

let azure: AzureHarness;
beforeEach(async () => {
  azure = await azureHarness();
});
afterEach(() => azure.stop());

const OTHER = '99999999-8888-4777-8666-555555555555';
const NOBODY = 'https://127.0.0.1:1';
const withSettings = (change: Partial<AzureSettings>) => azure.adapterFor({ ...azure.settings, ...change });
const count = (operation: string) => azure.callsSince(0).filter((one) => one === operation).length;

describe('signing in', () => {
  test.each<[string, Partial<AzureSettings>, object]>([
    [
      'a wrong secret',
      { clientSecret: 'wrong' },
      { code: 'cloudDenied', say: expect.stringContaining('AADSTS7000215') },
    ],
    ['no secret in it', { clientSecret: '' }, { code: 'cloudDenied' }],
    ['another app', { clientId: OTHER }, { code: 'cloudDenied', say: expect.stringContaining('AADSTS700016') }],
    ['another subscription', { subscriptions: [{ id: OTHER }] }, { code: 'cloudDenied' }],
    ['nobody to sign in to', { authority: NOBODY }, { code: 'cloudSilent' }],
    ['a Resource Manager that tokens are not for', { resourceManager: NOBODY }, { code: 'cloudDenied' }],
  ])('%s is told at the start', async (_, change, error) => {
    await expect(withSettings(change).check(never)).rejects.toMatchObject(error);
  });

  test('to another tenant is nothing that this one answers', async () => {
    await expect(withSettings({ tenantId: OTHER }).check(never)).rejects.toMatchObject({ name: 'JitError' });
    const inOther = [{ id: azure.sim.subscriptionId, tenantId: OTHER }];
    await expect(withSettings({ subscriptions: inOther }).check(never)).rejects.toMatchObject({ name: 'JitError' });
    expect(count('Token')).toBe(1);
  });

  test('is done once for all clients', async () => {
    const adapter = azure.restarted();
    const before = count('Token');
    await adapter.check(never);
    await Promise.all([adapter.machines(never), adapter.look(azure.machine, never)]);
    expect(count('Token')).toBe(before + 1);
  });

  test.each([
    ['busy', { kind: 'throttle', retryAfterSeconds: 3600 }, 'cloudBusy'],
    ['broken', { kind: 'error', status: 500, code: 'server_error' }, 'cloudSilent'],
    ['cut', { kind: 'reset' }, 'cloudSilent'],
  ] as const)('that was %s is done anew at the next call', async (_, fault, code) => {
    const adapter = azure.restarted();
    azure.sim.faults.add('Token', fault, 2);
    await expect(adapter.check(never)).rejects.toMatchObject({ code });
    azure.behave();
    await expect(adapter.check(never)).resolves.toBeUndefined();
  });
});

describe('the certificate of an emulator', () => {
  test('is not trusted unless the settings name its authority', async () => {
    const { caFile: _, ...plain } = azure.settings;
    const before = azure.sim.log().length;
    await expect(azure.adapterFor(plain).check(never)).rejects.toMatchObject({ code: 'cloudSilent' });
    expect(azure.callsSince(before)).toEqual([]);
  });

  test('is not trusted through the authority of another', async () => {
    const caFile = join(dirname(azure.settings.caFile ?? ''), 'other.pem');
    writeFileSync(caFile, (await createCertificate()).ca);
    const before = azure.sim.log().length;
    await expect(withSettings({ caFile }).check(never)).rejects.toMatchObject({ code: 'cloudSilent' });
    expect(azure.callsSince(before)).toEqual([]);
  });

  test('that cannot be read is told before anything is called', () => {
    const caFile = '/nowhere/ca.pem';
    expect(() => withSettings({ caFile })).toThrow(
      expect.objectContaining({ code: 'badConfig', hint: '\n  azure.caFile cannot be read: /nowhere/ca.pem' }),
    );
  });
});

describe('a subscription that the settings do not name', () => {
  const foreign = () => azure.machine.replace(azure.sim.subscriptionId, OTHER) as MachineId;

  test.each<[string, () => Promise<unknown>]>([
    ['look', () => azure.adapter.look(foreign(), never)],
    [
      'place',
      () => azure.adapter.locate([{ machine: foreign(), port: { number: 22, protocol: 'tcp' }, source: HOME }], never),
    ],
    ['observe', () => azure.adapter.observe(foreign(), [], never)],
    ['protect', () => azure.adapter.protect(foreign(), { ports: [] }, never)],
  ])('is not called (%s)', async (_, call) => {
    const before = azure.sim.log().length;
    await expect(call()).rejects.toMatchObject({
      code: 'notConfigured',
      say: expect.stringContaining(`does not have the Azure subscription ${OTHER} any more`),
    });
    expect(azure.callsSince(before)).toEqual([]);
  });

  test('any more: what was opened there is not called closed', async () => {
    const { placement } = await openOne(azure, await placeOne(azure), azure.now() + 10 * MINUTE_MS);
    const without = withSettings({ subscriptions: [{ id: OTHER }] });
    await expect(without.close([placement], never, go)).rejects.toMatchObject({ code: 'notConfigured' });
    await expect(without.observe(azure.machine, [placement], never)).rejects.toMatchObject({ code: 'notConfigured' });
  });

  test('is told from one that is written in capitals', async () => {
    const loud = withSettings({ subscriptions: [{ id: azure.sim.subscriptionId.toUpperCase() }] });
    expect((await loud.look(azure.machine, never)).machine.name).toBe('web-1');
  });
});

describe('one subscription of several that cannot be read', () => {
  const part = () => withSettings({ subscriptions: [{ id: OTHER }, { id: azure.sim.subscriptionId }] });

  test('leaves the machines of the others and a line in the log, and is told at the start', async () => {
    const adapter = part();
    expect((await adapter.machines(never)).all.map(({ name }) => name)).toContain('web-1');
    expect(azure.log.lines).toContain('the machines of a subscription could not be read');
    await expect(adapter.check(never)).rejects.toMatchObject({ code: 'cloudDenied' });
  });

  test('does not keep the patrol from the others, and is told at its end', async () => {
    await openOne(azure, await placeOne(azure), azure.now() + 10 * MINUTE_MS);
    const patrol = part().patrol(never)[Symbol.asyncIterator]();
    expect(await patrol.next()).toMatchObject({ value: { mark: 'valid' } });
    await expect(patrol.next()).rejects.toMatchObject({ code: 'cloudDenied' });
  });
});

describe('the list of machines', () => {
  const lists = () => count('VirtualMachines_ListAll');

  test('is read once a minute, whoever asks, and page by page', async () => {
    azure.sim.behaviour.pageSize = 2;
    const adapter = azure.restarted();
    const [first] = await Promise.all([adapter.machines(never), adapter.machines(never)]);
    expect([first?.all.length, lists()]).toEqual([3, 2]);
    await azure.deleteMachine(azure.exposed);
    expect((await adapter.machines(never)).all).toHaveLength(3);
    azure.advance(MINUTE_MS);
    expect((await adapter.machines(never)).all.map(({ name }) => name).sort()).toEqual(['db-1', 'web-1']);
  });

  test('that failed is not kept, and read again after a while', async () => {
    const adapter = azure.restarted();
    azure.deny('read', 1);
    await expect(adapter.machines(never)).rejects.toMatchObject({ code: 'cloudDenied' });
    await expect(adapter.machines(never)).rejects.toMatchObject({ code: 'cloudDenied' });
    azure.advance(5_000);
    expect((await adapter.machines(never)).all).toHaveLength(3);
  });

  test('is not given up for others when one gives up', async () => {
    const adapter = azure.restarted();
    const stop = new AbortController();
    const given = adapter.machines(stop.signal);
    const other = adapter.machines(never);
    stop.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    expect((await other).all).toHaveLength(3);
  });
});
