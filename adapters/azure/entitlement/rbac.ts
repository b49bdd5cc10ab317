import { matchesName } from '../../../src/core/policy/names.ts';

/**
 * Azure's role-based access control for one person, as "Understand Azure role definitions", "Understand Azure deny
 * assignments" and "How Azure RBAC determines if a user has access to a resource" tell it. Pure.
 */

/** Actions that a role or a deny assignment speaks of; `*` stands for anything, slashes too. */
export interface Actions {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
}

/** A role that somebody holds, at or above what is asked for; groups are followed by whoever listed it. */
export interface Assignment {
  readonly permissions: readonly Actions[];
  /** An expression that only Azure can judge. */
  readonly condition?: string;
}

export interface Deny {
  readonly name: string;
  readonly scope: string;
  readonly permissions: readonly (Actions & { readonly condition?: string })[];
  /** It holds at its own scope only. */
  readonly doNotApplyToChildScopes: boolean;
  readonly principals: readonly Principal[];
  readonly excludePrincipals: readonly Principal[];
  readonly condition?: string;
}

export interface Principal {
  readonly id: string;
  /** `User`, `Group`, `ServicePrincipal`, `Everyone`, `SystemDefined`. */
  readonly type: string;
}

/** `conditional`: some role grants it under a condition. `unknown`: a deny assignment cannot be judged. */
export type ActionAnswer =
  | { readonly verdict: 'granted' | 'missing' | 'conditional' }
  | { readonly verdict: 'denied' | 'unknown'; readonly by: string };

/** Stands for everybody in a deny assignment. */
const EVERYBODY = '00000000-0000-0000-0000-000000000000';

/** May a person do this at this scope? Deny assignments come first, and a condition grants nothing that we could tell. */
export function evaluateAction(
  action: string,
  scope: string,
  person: string,
  held: { readonly assignments: readonly Assignment[]; readonly denies: readonly Deny[] },
): ActionAnswer {
  let unknown: Deny | undefined;
  for (const deny of held.denies) {
    const concerned = concerns(deny, action, scope) ? isAmong(deny, person) : 'no';
    const conditional = deny.condition || deny.permissions.some((one) => one.condition && covers(one, action));
    if (concerned === 'yes' && !conditional) return { verdict: 'denied', by: deny.name };
    if (concerned !== 'no') unknown ??= deny;
  }
  if (unknown) return { verdict: 'unknown', by: unknown.name };
  const granting = held.assignments.filter(({ permissions }) => permissions.some((one) => covers(one, action)));
  if (granting.some(({ condition }) => !condition)) return { verdict: 'granted' };
  return { verdict: granting.length > 0 ? 'conditional' : 'missing' };
}

/** NB. `notActions` take away inside their own role only: they are no deny. */
export function covers({ actions = [], notActions = [] }: Actions, action: string): boolean {
  // Resource Manager compares actions without regard to case.
  const isMeant = (pattern: string) => matchesName(pattern, action);
  return actions.some(isMeant) && !notActions.some(isMeant);
}

function concerns(deny: Deny, action: string, scope: string): boolean {
  const isHere = bare(deny.scope) === bare(scope);
  return (
    (isHere || (!deny.doNotApplyToChildScopes && isAtOrAbove(deny.scope, scope))) &&
    deny.permissions.some((one) => covers(one, action))
  );
}

/** Is the first scope the second one, or one that contains it? A management group's contents are known to Azure alone: it listed it. */
export function isAtOrAbove(outer: string, behind: string): boolean {
  const [above, below] = [bare(outer), bare(behind)];
  return above === below || below.startsWith(`${above}/`) || /^\/providers\/microsoft\.management\//.test(`${above}/`);
}

function bare(scope: string): string {
  return scope.toLowerCase().replace(/\/+$/, '');
}

/** Who is in a group is not known here: a deny that speaks of one may concern the person. */
function isAmong({ principals, excludePrincipals }: Deny, person: string): 'yes' | 'no' | 'maybe' {
  const named = (all: readonly Principal[]) => all.some(({ id }) => id.toLowerCase() === person.toLowerCase());
  const groups = (all: readonly Principal[]) => all.some(({ type }) => type.toLowerCase() === 'group');
  const everybody = principals.some(({ id, type }) => id === EVERYBODY || /^(everyone|systemdefined)$/i.test(type));
  if (named(excludePrincipals)) return 'no';
  if (!everybody && !named(principals)) return groups(principals) ? 'maybe' : 'no';
  return groups(excludePrincipals) ? 'maybe' : 'yes';
}
