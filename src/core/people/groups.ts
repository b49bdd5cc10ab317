import { type GroupSubject, isGroupSubject } from './person.ts';

/** The groups of the file: each with ids of people and other groups, of the file or of directories. */
export type GroupTable = ReadonlyMap<string, readonly string[]>;

/**
 * The names of all groups of the file that somebody is in: by one of their ids, through a group of a directory, or through
 * another group of the file.
 */
export function fileGroups(table: GroupTable, ids: readonly string[], others: readonly GroupSubject[]): string[] {
  const words = new Set<string>([...ids, ...others]);
  const found = new Set<string>();
  for (let size = -1; size < found.size; ) {
    size = found.size;
    for (const [name, members] of table) {
      if (found.has(name) || !members.some((member) => words.has(member))) continue;
      found.add(name);
      words.add(`group:${name}`);
    }
  }
  return [...table.keys()].filter((name) => found.has(name));
}

/** Who and what is in a group of the file, those of nested groups of the file too: ids of people, and groups of directories. */
export function membersOf(
  table: GroupTable,
  name: string,
): { readonly ids: readonly string[]; readonly groups: readonly GroupSubject[] } {
  const seen = new Set<string>();
  const ids = new Set<string>();
  const groups = new Set<GroupSubject>();
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const member of table.get(next) ?? []) {
      if (!isGroupSubject(member)) ids.add(member);
      else if (member.startsWith('group:')) waiting.push(member.slice('group:'.length));
      else groups.add(member);
    }
  }
  return { ids: [...ids], groups: [...groups] };
}
