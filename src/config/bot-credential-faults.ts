import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';

/** There is one way to sign in, and not two. What is there and wrong is said of itself. */
export function botCredentialFaults({ teams }: Known): Fault[] {
  if (!teams) return [];
  const hasSecret = 'appPassword' in teams;
  if (!('credential' in teams))
    return hasSecret ? [] : [{ path: ['teams', 'appPassword'], message: 'is required without credential' }];
  if (hasSecret)
    return [{ path: ['teams', 'appPassword'], message: 'cannot be set beside credential; keep one of them' }];
  const message = 'must have exactly one of certificate, managedIdentity, tokenFile, and federatedIdentity';
  const isOne = teams.credential === undefined || Object.keys(teams.credential).length === 1;
  return isOne ? [] : [{ path: ['teams', 'credential'], message }];
}
