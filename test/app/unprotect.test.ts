import { describe, expect, it } from 'vitest';
import { revoke } from '../../src/app/end.ts';
import { unprotect } from '../../src/app/unprotect.ts';
import { approved } from './approved.ts';
import { ADA, GRACE } from './fixtures.ts';

describe('ending the protection of a machine', () => {
  it('is refused while somebody has access or it is being closed, and to those who may not protect', async () => {
    const { deps, cloud, converge: run, id } = await approved();
    const guarded = { ...deps, rules: { ...deps.rules, protectors: ['person:grace'] as const } };
    let ended = 0;
    cloud.unprotect = (machine, signal) => {
      ended += 1;
      return cloud.look(machine, signal);
    };
    await expect(unprotect(guarded, 'api-1', ADA)).rejects.toMatchObject({ code: 'notProtector' });
    await expect(unprotect(guarded, 'api-1', GRACE)).rejects.toMatchObject({
      code: 'stillLeased',
      hint: expect.stringContaining(id),
    });
    await run();
    await revoke(deps, GRACE, id);
    await expect(unprotect(guarded, 'api-1', GRACE)).rejects.toMatchObject({ code: 'stillLeased' });
    expect(ended).toBe(0);
    await run();
    await unprotect(guarded, 'api-1', GRACE);
    await unprotect(guarded, 'api-1');
    expect(ended).toBe(2);
  });
});
