import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

/** An hour on `api-1`, at the port that the policy names first. */
export const ASK = { machine: 'api-1', ports: [], forMs: 3_600_000, justification: 'deploy' };
const never = new AbortController().signal;

/** A world in which Ada's request was approved by Grace, and nothing has been opened yet. */
export async function approved(options?: Parameters<typeof world>[0]) {
  const made = world(options);
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  await decide(made.deps, GRACE, { request: id, verdict: 'approve' });
  const load = async () => (await made.deps.store.load(id)).request;
  return { ...made, id, load, converge: () => converge(made.deps, MACHINE.id, never) };
}
