import { expect, it } from 'vitest';
import { warningsFrom } from '../../src/cli/check-groups.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { ADA } from '../core/samples.ts';

it('groups of directories are looked up by jit check: those that are not there, and those that nobody is in', async () => {
  const unknown = new JitError('groupUnknown', { group: 'entra:sre', directory: 'Entra ID', count: 'no' });
  const members = async (group: string) => {
    if (group === 'entra:sre') throw unknown;
    return group === 'entra:all' ? [ADA] : [];
  };
  expect(await warningsFrom({ members }, ['entra:all', 'entra:sre', 'slack:@ops'])).toEqual([
    expect.stringMatching(/^entra:sre: .*entra:sre/),
    'slack:@ops: nobody is in this group, or it is not there',
  ]);
});
