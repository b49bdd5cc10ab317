import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { ENDLESS } from '../../../src/kit/time-limit.ts';
import type { Log } from '../../../src/ports/log.ts';
import { Batch } from './batch.ts';
import type { Client } from './clients.ts';
import { readGroups } from './read.ts';

/** Values of one filter; EC2 takes 200 in one call. */
const MOST_KEYS = 100;
const MOST_KEPT = 5_000;

/** What security groups are called. A group's name can never be changed, so that one that was read is kept. */
export class GroupNames {
  readonly #kept = new Map<string, string>();
  readonly #batch: Batch<string | undefined>;

  constructor(client: Client) {
    this.#batch = new Batch(
      async (ids) => {
        const found = new Map<string, string>();
        const filters = [{ Name: 'group-id', Values: [...ids] }];
        for await (const { GroupId = '', GroupName } of readGroups(client, filters, ENDLESS))
          found.set(GroupId, GroupName ?? GroupId);
        return found;
      },
      undefined,
      MOST_KEYS,
    );
  }

  /** Undefined for a group that is gone, or another account's. */
  async of(id: string, signal: AbortSignal): Promise<string | undefined> {
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    const name = await this.#batch.get(id, signal);
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    if (name !== undefined) this.#kept.set(id, name);
    return name;
  }
}

/**
 * These names, and those of the groups that rules let in. They are words for people, and nothing is judged by them: what cannot
 * be read is shown by its id.
 */
export async function withSources(
  names: ReadonlyMap<string, string>,
  rules: readonly SecurityGroupRule[],
  { known, log }: { readonly known: GroupNames; readonly log: Log },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(rules.flatMap(({ ReferencedGroupInfo }) => ReferencedGroupInfo?.GroupId ?? []));
  const unknown = [...ids].filter((id) => !names.has(id));
  try {
    const read = await Promise.all(unknown.map(async (id) => [id, await known.of(id, signal)] as const));
    return new Map([...names, ...read.flatMap(([id, name]) => (name === undefined ? [] : [[id, name] as const]))]);
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ error }, 'the names of security groups could not be read');
    return names;
  }
}
