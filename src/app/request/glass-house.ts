import type { Deps } from '../deps.ts';

/**
 * The house as it is for whoever breaks the glass: its rules stand where policies do, and no policy refuses. All else is as ever:
 * people, machines and their identity, protection, entitlement, and what cannot be told.
 */
export function glassHouse(deps: Deps): Deps {
  const { refusals: _, ...rules } = deps.rules;
  return { ...deps, rules: { ...rules, policies: rules.breakGlass ?? [] } };
}
