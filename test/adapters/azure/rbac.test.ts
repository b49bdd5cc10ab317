import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Assignment,
  covers,
  type Deny,
  evaluateAction,
  isAtOrAbove,
} from '../../../adapters/azure/entitlement/rbac.ts';

const INITIATE = 'Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action';
const GROUP = '/subscriptions/s/resourceGroups/rg';
const SCOPE = `${GROUP}/providers/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default`;
const [ADA, BOB, OPS] = ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002', 'ops'];
const EVERYONE = { id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' };
const user = (id: string) => ({ id, type: 'User' });

const role = (actions: readonly string[], notActions: readonly string[] = [], condition?: string): Assignment => ({
  permissions: [{ actions, notActions }],
  ...(condition ? { condition } : {}),
});
const deny = (patch: Partial<Deny> = {}): Deny => ({
  name: 'no entry',
  scope: GROUP,
  permissions: [{ actions: ['*'], notActions: ['*/read'] }],
  doNotApplyToChildScopes: false,
  principals: [EVERYONE],
  excludePrincipals: [],
  ...patch,
});
const judge = (assignments: readonly Assignment[], denies: readonly Deny[] = [], action = INITIATE) =>
  evaluateAction(action, SCOPE, ADA, { assignments, denies }).verdict;

describe('what an action is covered by', () => {
  it.each([
    ['*', [], true],
    [INITIATE, [], true],
    [INITIATE.toUpperCase(), [], true],
    ['Microsoft.Security/*', [], true],
    ['Microsoft.Security/*/action', [], true],
    ['*/initiate/action', [], true],
    ['Microsoft.Security/locations/*/read', [], false],
    ['Microsoft.Security/locations/jitNetworkAccessPolicies/initiate', [], false],
    ['Microsoft.Security', [], false],
    ['Microsoft_Security/*', [], false],
    ['', [], false],
    ['*', ['Microsoft.Security/*/initiate/action'], false],
    ['*', ['Microsoft.Compute/*'], true],
  ])('%j without %j: %s', (action, notActions, covered) => {
    expect(covers({ actions: [action], notActions }, INITIATE)).toBe(covered);
  });

  it('is looked for in linear time, however many stars there are', () => {
    const began = performance.now();
    expect(covers({ actions: [`${'*i'.repeat(40)}*z`, '*'.repeat(60).concat('z')] }, INITIATE.repeat(200))).toBe(false);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
  it('is nothing where nothing is said', () => expect(covers({}, INITIATE)).toBe(false));
});

describe('whether a person may', () => {
  it.each<[string, readonly Assignment[], readonly Deny[], string]>([
    ['without a role', [], [], 'missing'],
    ['with another role', [role(['*/read'])], [], 'missing'],
    ['with the role', [role([INITIATE])], [], 'granted'],
    [
      'whose other role takes it away from itself only',
      [role(['*'], ['Microsoft.Security/*']), role([INITIATE])],
      [],
      'granted',
    ],
    ['under a condition', [role([INITIATE], [], '@Resource…')], [], 'conditional'],
    ['under a condition, and without one', [role([INITIATE], [], '@Resource…'), role(['*'])], [], 'granted'],
    ['denied like everybody', [role(['*'])], [deny()], 'denied'],
    ['denied by name', [role(['*'])], [deny({ principals: [user(ADA.toUpperCase())] })], 'denied'],
    ['where somebody else is denied', [role(['*'])], [deny({ principals: [user(BOB)] })], 'granted'],
    ['excluded from what everybody is denied', [role(['*'])], [deny({ excludePrincipals: [user(ADA)] })], 'granted'],
    [
      'where a group is denied, which may be theirs',
      [role(['*'])],
      [deny({ principals: [{ id: OPS, type: 'Group' }] })],
      'unknown',
    ],
    [
      'where everybody but a group is denied',
      [role(['*'])],
      [deny({ excludePrincipals: [{ id: OPS, type: 'Group' }] })],
      'unknown',
    ],
    ['denied under a condition', [role(['*'])], [deny({ condition: '@Resource…' })], 'unknown'],
    ['denied surely, and perhaps', [role(['*'])], [deny({ condition: '@' }), deny()], 'denied'],
    ['denied above only', [role(['*'])], [deny({ doNotApplyToChildScopes: true })], 'granted'],
    [
      'denied right here',
      [role(['*'])],
      [deny({ doNotApplyToChildScopes: true, scope: SCOPE.toUpperCase() })],
      'denied',
    ],
    [
      'denied other things',
      [role(['*'])],
      [deny({ permissions: [{ actions: ['*'], notActions: ['Microsoft.Security/*'] }] })],
      'granted',
    ],
    ['denied elsewhere', [role(['*'])], [deny({ scope: '/subscriptions/s/resourceGroups/rg-2' })], 'granted'],
    [
      'denied in the management group',
      [role(['*'])],
      [deny({ scope: '/providers/Microsoft.Management/managementGroups/m' })],
      'denied',
    ],
  ])('%s', (_, assignments, denies, verdict) => {
    expect(judge(assignments, denies)).toBe(verdict);
  });

  const actions = fc.constantFrom('*', INITIATE, '*/read', 'Microsoft.Security/*', 'Microsoft.Compute/*');
  const anyRole = fc
    .tuple(fc.array(actions), fc.array(actions), fc.option(fc.constant('@x'), { nil: undefined }))
    .map((args) => role(...args));

  it('never more by a deny assignment, and never less by another role', () => {
    fc.assert(
      fc.property(fc.array(anyRole), anyRole, (roles, more) => {
        const before = judge(roles);
        expect(judge(roles, [deny()])).toBe('denied');
        if (before === 'granted') expect(judge([...roles, more])).toBe('granted');
      }),
    );
  });
});

describe('a scope', () => {
  it.each([
    ['/subscriptions/s', SCOPE, true],
    [`${GROUP}/`, SCOPE, true],
    [GROUP.toUpperCase(), SCOPE, true],
    ['/subscriptions/s/resourceGroups/r', SCOPE, false],
    [SCOPE, GROUP, false],
    ['/providers/Microsoft.Management/managementGroups/m', SCOPE, true],
    ['', SCOPE, true],
  ])('%s is at or above %s: %s', (outer, behind, is) => {
    expect(isAtOrAbove(outer, behind)).toBe(is);
  });
});
