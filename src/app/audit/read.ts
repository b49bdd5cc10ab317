import type { Actor, AuditFacts, Capacity } from '../../core/audit/entry.ts';
import { MINUTE_MS } from '../../core/language/instant.ts';
import type { Deps } from '../deps.ts';
import { note } from './act.ts';

/** The same that the same person looks at again meanwhile is one look. */
const AGAIN_MS = 5 * MINUTE_MS;

type ReadDeps = Pick<Deps, 'audit' | 'log' | 'store'>;

interface Look extends AuditFacts {
  readonly by: Actor;
  readonly as: Capacity;
  /** What was looked at. */
  readonly why: string;
}

/** Writes that somebody looked at what is not their own. What is shown waits for no audit. */
export async function noteRead(deps: ReadDeps, look: Look): Promise<void> {
  const { by } = look;
  const who = typeof by === 'string' ? by : 'person' in by ? by.person.id : `${by.user} ${by.host}`;
  const key = `read:${JSON.stringify([who, look.request ?? '', look.why])}`;
  try {
    if (!(await deps.store.once(key, AGAIN_MS))) return;
  } catch (error) {
    deps.log.warn({ error }, 'whether this was looked at before is not known');
  }
  await note(deps, { event: 'read', outcome: 'done', ...look });
}
