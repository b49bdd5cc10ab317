import { expect, it } from 'vitest';
import { warningsFrom } from '../../src/cli/check-groups.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { ADA } from '../core/samples.ts';

it('groups of directories are looked up by jit check: those that are not there, and those that nobody is in', async () => {
  const unknown = new JitError('groupUnknown', { group: 'entra:sre', directory: 'Entra ID', count: 'no' });
  // As the directories of companies are: its methods need their object.
  class Company {
    readonly #all = [ADA];
    async members(group: string) {
      if (group === 'entra:sre') throw unknown;
      return group === 'entra:all' ? this.#all : [];
    }
  }
  expect(await warningsFrom(new Company(), ['entra:all', 'entra:sre', 'slack:@ops'])).toEqual([
    expect.stringMatching(/^entra:sre: .*entra:sre/),
    'slack:@ops: nobody is in this group, or it is not there',
  ]);
});
