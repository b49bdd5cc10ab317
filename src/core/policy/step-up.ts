/**
 * What an approver has to do besides pressing a button. `numberMatch`: pick the number that the requester was told, so that both have
 * spoken to each other. `signIn`: sign in anew with a browser, so that a session of the chat alone approves nothing.
 */
export type StepUp = 'numberMatch' | 'signIn';

/** The weakest first. */
const ORDER: readonly StepUp[] = ['numberMatch', 'signIn'];

/** What policies demand together: the most that one of them does. */
export function stepUpOf(policies: readonly { readonly stepUp?: StepUp }[]): StepUp | undefined {
  return ORDER.findLast((one) => policies.some(({ stepUp }) => stepUp === one));
}

/** Is this as much as is demanded, or more? */
export function isSteppedUp(given: StepUp | undefined, demanded: StepUp | undefined): boolean {
  return rank(given) >= rank(demanded);
}

function rank(one: StepUp | undefined): number {
  return one === undefined ? -1 : ORDER.indexOf(one);
}
