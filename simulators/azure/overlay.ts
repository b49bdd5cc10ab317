import { badRequest } from './errors.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a service keeps of an object besides what is simulated of it: members of its newer versions, null, odd case. */
export type Overlay =
  | { readonly kind: 'value'; readonly value: unknown; readonly isAdded: boolean }
  | { readonly kind: 'members' | 'items'; readonly of: Readonly<Record<string, Overlay>> };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How things in a list are told apart; undefined where they have nothing for it. */
function keyOf(item: unknown): string | undefined {
  if (!isObject(item)) return undefined;
  const key = item.name ?? item.id ?? item.number;
  return key === undefined ? undefined : String(key).toLowerCase();
}

const entries = (all: readonly (readonly [string | undefined, Overlay | undefined])[]) =>
  all.filter((entry): entry is readonly [string, Overlay] => entry[0] !== undefined && entry[1] !== undefined);

/** What something says besides what is known of it; undefined where that is nothing. */
export function overlayOf(said: unknown, known: unknown): Overlay | undefined {
  if (isObject(said) && isObject(known)) {
    const found = entries(
      Object.entries(said).map(([name, value]) => {
        const isAdded = known[name] === undefined && value !== undefined;
        return [name, isAdded ? { kind: 'value', value, isAdded } : overlayOf(value, known[name])];
      }),
    );
    return found.length === 0 ? undefined : { kind: 'members', of: Object.fromEntries(found) };
  }
  if (Array.isArray(said) && Array.isArray(known) && said.some(keyOf)) {
    const found = entries(
      said.map((item) => {
        const same = known.find((one) => keyOf(one) === keyOf(item));
        return [keyOf(item), same === undefined ? undefined : overlayOf(item, same)];
      }),
    );
    return found.length === 0 ? undefined : { kind: 'items', of: Object.fromEntries(found) };
  }
  const isSame = JSON.stringify(said) === JSON.stringify(known);
  return isSame || said === undefined ? undefined : { kind: 'value', value: said, isAdded: false };
}

/** What is known, with what is said besides. */
export function withOverlay(known: unknown, overlay: Overlay | undefined): unknown {
  if (!overlay) return known;
  if (overlay.kind === 'value') return overlay.value;
  if (overlay.kind === 'items')
    return Array.isArray(known) ? known.map((item) => withOverlay(item, overlay.of[keyOf(item) ?? ''])) : known;
  const members = Object.entries(overlay.of).map(([name, one]) => [
    name,
    withOverlay(isObject(known) ? known[name] : undefined, one),
  ]);
  return { ...(known as Json), ...Object.fromEntries(members) };
}

/**
 * Refuses members that the service does not know: those that its object has not had. Resource providers of networks do
 * ("Could not find member on object of type").
 */
export function checkMembers(now: Overlay | undefined, before: Overlay | undefined, path = ''): void {
  if (!now) return;
  if (now.kind !== 'value') {
    const known = before && before.kind === now.kind ? before.of : {};
    for (const [name, one] of Object.entries(now.of)) checkMembers(one, known[name], `${path}.${name}`);
    return;
  }
  if (!now.isAdded || now.value === null || before) return;
  throw badRequest(`Could not find member '${path.slice(1)}' on the object.`, 'InvalidRequestContent');
}

/** The same without what is null, which is not there, as far as it is simulated. */
export function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNull);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => (item === null ? [] : [[name, withoutNull(item)]])),
  );
}
