/** Id of a resource in lower case: Resource Manager ignores case, and its lists write groups in capitals. */
export type ArmId = string;

/** What follows a segment of a resource id: the subscription after `subscriptions`, a name after its type. Empty when it has none. */
export function part(id: ArmId, after: string): string {
  const segments = id.split('/');
  const at = segments.findIndex((segment) => segment.toLowerCase() === after.toLowerCase());
  return at < 0 ? '' : (segments[at + 1] ?? '');
}

/** Subscription, resource group and name of a resource. */
export function partsOf(id: ArmId): { readonly subscription: string; readonly group: string; readonly name: string } {
  const name = id.slice(id.lastIndexOf('/') + 1);
  return { subscription: part(id, 'subscriptions'), group: part(id, 'resourceGroups'), name };
}

/** Is a resource in that subscription? */
export function isOf(site: { readonly id: string }, id: ArmId): boolean {
  return part(id, 'subscriptions').toLowerCase() === site.id.toLowerCase();
}

/** The ids of some resources in lower case, each once. Azure may have written anything there: what is no text is none. */
export function armIds(resources: Iterable<unknown>): readonly ArmId[] {
  return [...new Set([...resources].flatMap((id) => (typeof id === 'string' && id !== '' ? [id.toLowerCase()] : [])))];
}

/** A scope as people call it. */
export function scopeText(scope: ArmId): string {
  const group = part(scope, 'resourceGroups');
  if (group === '') return 'the subscription';
  const { name } = partsOf(scope);
  return name.toLowerCase() === group.toLowerCase() && !/\/providers\//i.test(scope)
    ? `the resource group ${name}`
    : name;
}
