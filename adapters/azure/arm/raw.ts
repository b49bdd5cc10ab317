/** An object as Azure wrote it, with what is not understood here: it is written back as it came. */
export type Raw = Readonly<Record<string, unknown>>;

/** The name by which an object has a member: Resource Manager ignores its case. */
function keyIn(raw: Raw, name: string): string {
  if (name in raw) return name;
  return Object.keys(raw).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
}

export function memberIn(raw: unknown, name: string): unknown {
  return isRaw(raw) ? raw[keyIn(raw, name)] : undefined;
}

/** What is in an array of a raw object; nothing where it is none. */
export function itemsIn(raw: unknown, name: string): readonly unknown[] {
  const value = memberIn(raw, name);
  return Array.isArray(value) ? value : [];
}

/** A raw object with other members in place of those of the same names; all others stay. */
export function withMembers(raw: unknown, members: Raw): Raw {
  const before = isRaw(raw) ? raw : {};
  const changed = Object.entries(members).map(([name, value]) => [keyIn(before, name), value]);
  return { ...before, ...Object.fromEntries(changed) };
}

/** A raw object without these properties. */
export function omit(raw: Raw | undefined, names: readonly string[]): Raw {
  return Object.fromEntries(Object.entries(raw ?? {}).filter(([name]) => !names.includes(name)));
}

/** In lower case; empty for what has no name. */
export function nameIn(raw: unknown): string {
  const name = memberIn(raw, 'name');
  return typeof name === 'string' ? name.toLowerCase() : '';
}

/** What the service sets anew at every write. */
const ITS_OWN = ['etag', 'provisioningstate'];

/**
 * Members, and things of a list that have names, that were written and are not in the answer: by their paths. Values may come
 * back in another form that means the same, and what is null may be left out.
 */
export function lostIn(written: unknown, answer: unknown, path = ''): readonly string[] {
  if (Array.isArray(written))
    return written.flatMap((item, i) => {
      const name = nameIn(item);
      if (name === '') return [];
      const all = Array.isArray(answer) ? answer : [];
      return lostIn(
        item,
        all.find((one) => nameIn(one) === name),
        `${path}[${name || i}]`,
      );
    });
  if (written === null || written === undefined) return [];
  if (answer === null || answer === undefined) return [path];
  if (!isRaw(written)) return [];
  return Object.entries(written).flatMap(([name, value]) =>
    ITS_OWN.includes(name.toLowerCase()) ? [] : lostIn(value, memberIn(answer, name), `${path}/${name}`),
  );
}

function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
