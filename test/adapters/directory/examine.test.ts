import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { GraphRight } from '../../../simulators/azure/graph-query.ts';
import { directoryExaminer } from '../../../src/app/operators/examine-directory.ts';
import { JitError } from '../../../src/core/errors/errors.ts';
import { type Tenant, tenant } from './tenant.ts';

const never = new AbortController().signal;

let at: Tenant;
let rights: readonly GraphRight[];
beforeAll(async () => {
  at = await tenant();
  rights = at.azure.graph.behaviour.rights;
});
afterEach(() => {
  at.azure.graph.behaviour.rights = [...rights];
  at.azure.faults.clear();
});
afterAll(() => at.azure.stop());

/** What the doctor says of a directory of which no group is named. */
async function found(entra = {}) {
  const directory = at.directory({ entra });
  return directoryExaminer({ directory }, () => ({ groups: [], hasEntra: true })).examine([], never);
}

it('Entra ID is looked at by the doctor though no group is named, and nobody is asked for where it is not used', async () => {
  expect(await found()).toEqual([{ of: 'Entra ID', what: 'people', verdict: 'fine' }]);
  expect(at.calls()).toContain('Users_Get');
  const directory = at.directory();
  const without = directoryExaminer({ directory }, () => ({ groups: [], hasEntra: false }));
  expect(await without.examine([], never)).toEqual([]);
  expect(at.calls()).toEqual([]);
});

it.each<readonly [string, readonly GraphRight[], object]>([
  ['no right at all', [], {}],
  ['a right that hides fields', ['User.ReadBasic.All'], {}],
  ['a secret that is wrong', ['User.Read.All'], { clientSecret: 'another one' }],
])('the doctor says so before anybody asks for access: %s', async (_, some, entra) => {
  at.azure.graph.behaviour.rights = some;
  expect(await found(entra)).toEqual([
    expect.objectContaining({
      of: 'Entra ID',
      what: 'people',
      verdict: 'fault',
      remedy: expect.stringContaining('docs/people.md'),
    }),
  ]);
});

it('the doctor says that Entra ID is away', async () => {
  at.azure.faults.add('Users_Get', { kind: 'throttle', retryAfterSeconds: 60 }, 3);
  expect(await found()).toMatchObject([{ verdict: 'fault', means: expect.stringContaining('takes no more calls') }]);
});

it('the doctor blames no right of the directory where Redis is away', async () => {
  const away = async () => {
    throw new JitError('storeAway');
  };
  const directory = { members: away, byId: away };
  const found = await directoryExaminer({ directory }, () => ({ groups: ['entra:x'], hasEntra: true })).examine(
    [],
    never,
  );
  expect(found.map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown']);
  expect(JSON.stringify(found)).not.toContain('rights');
});
