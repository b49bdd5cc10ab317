import { type CloudName, cloudOf, type Machine } from './machine.ts';

type Tags = Machine['tags'];

/**
 * The value of a machine's tag; undefined where it has none of that name. In Azure names of tags are the same in any case ("Use tags
 * to organize your Azure resources"); in the other clouds case tells them apart.
 */
export function tagOf({ id, tags }: Pick<Machine, 'id' | 'tags'>, name: string): string | undefined {
  return tagIn(cloudOf(id), tags, name);
}

export function tagIn(cloud: CloudName | undefined, tags: Tags, name: string): string | undefined {
  if (Object.hasOwn(tags, name)) return tags[name];
  if (cloud !== 'azure') return undefined;
  const wanted = name.toLowerCase();
  const key = Object.keys(tags).find((one) => one.toLowerCase() === wanted);
  return key === undefined ? undefined : tags[key];
}

/** Its tags, with those of these names under the names as they are written here. */
export function tagsNamed(cloud: CloudName | undefined, tags: Tags, names: readonly string[]): Tags {
  const named = names.flatMap((name) => {
    const value = tagIn(cloud, tags, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...tags, ...Object.fromEntries(named) };
}
