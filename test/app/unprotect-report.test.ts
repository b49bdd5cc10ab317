import { expect, it } from 'vitest';
import { unprotectedReport } from '../../src/app/protect/unprotect.ts';
import { plain } from '../../src/core/language/text.ts';
import { MACHINE } from './fixtures.ts';

it('what could not be taken away is said in front of the page of what stays closed', () => {
  const page = { title: 'Put back?', sections: [{ heading: 'What would be open', rows: [{ line: ['22'] }] }] };
  const state = { machine: MACHINE, standing: [], notes: ['The group is still used by web-2.'], page };
  const { title, sections } = unprotectedReport(state);
  expect(title).toEqual('api-1 is no longer protected');
  expect(sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line)))).toEqual([
    'Its ports can no longer be requested.',
    'The group is still used by web-2.',
    'What a lockdown closed stays closed until it is put back.',
    '22',
  ]);
});
