import { describe, expect, it } from 'vitest';
import { protect } from '../../src/app/protect/protect.ts';
import { unprotect } from '../../src/app/protect/unprotect.ts';
import { revoke } from '../../src/app/request/end.ts';
import type { Protection } from '../../src/ports/cloud.ts';
import { approved } from './approved.ts';
import { ADA, GRACE, HOST, inSlack, MACHINE } from './fixtures.ts';

describe('ending the protection of a machine', () => {
  it('is refused while somebody has access or it is being closed, and to those who may not protect', async () => {
    const { deps, cloud, converge: run, id } = await approved();
    const guarded = { ...deps, rules: { ...deps.rules, protectors: ['person:grace'] as const } };
    let ended = 0;
    cloud.unprotect = (machine, signal) => {
      ended += 1;
      return cloud.look(machine, signal);
    };
    await expect(unprotect(guarded, 'api-1', inSlack(ADA))).rejects.toMatchObject({ code: 'notProtector' });
    await expect(unprotect(guarded, 'api-1', inSlack(GRACE))).rejects.toMatchObject({
      code: 'stillLeased',
      choices: [id],
    });
    await run();
    await revoke(deps, GRACE, id);
    await expect(unprotect(guarded, 'api-1', inSlack(GRACE))).rejects.toMatchObject({ code: 'stillLeased' });
    expect(ended).toBe(0);
    await run();
    await unprotect(guarded, 'api-1', inSlack(GRACE));
    await unprotect(guarded, 'api-1', HOST);
    expect(ended).toBe(2);
  });
});

describe('protecting with limits', () => {
  const ports = [{ number: 22, protocol: 'tcp' } as const];

  it.each([
    { name: 'less than five minutes', forMs: 299_000, code: 'tooShort' },
    { name: 'more than a day', forMs: 86_400_001, code: 'tooLong' },
  ])('refuses $name', async ({ forMs, code }) => {
    const { deps } = await approved();
    await expect(protect(deps, { which: ['api-1'], ports: { ports, sources: [], forMs } }, HOST)).rejects.toMatchObject(
      {
        code,
      },
    );
  });

  it('writes what was asked for, and the usual ports only where they are missing', async () => {
    const { deps, cloud } = await approved();
    const written: Protection[] = [];
    cloud.protect = (machine, protection, signal) => {
      written.push(protection);
      return cloud.look(machine, signal);
    };
    const which = ['api-1'];
    await protect(deps, { which, ports: { ports, sources: ['203.0.113.0/24'], forMs: 3_600_000 } }, HOST);
    await protect(deps, { which, ports: { ports, sources: ['198.51.100.7/32', '0.0.0.0/0'] } }, HOST);
    expect(written).toEqual([
      { ports: [{ port: ports[0], sources: ['203.0.113.0/24'], longestMs: 3_600_000 }] },
      { ports: [{ port: ports[0], sources: [], longestMs: 86_400_000 }] },
    ]);
    // All of these are protected already, with limits that somebody chose.
    await protect(deps, { which, ports: 'usual' }, HOST);
    expect(written).toHaveLength(2);
    cloud.look = async () => ({ machine: MACHINE, protection: { ports: [] }, standing: [] });
    await protect(deps, { which, ports: 'usual' }, HOST);
    expect(written.at(-1)?.ports.map(({ port }) => port.number)).toEqual([22, 3389, 5985, 5986]);
  });
});
