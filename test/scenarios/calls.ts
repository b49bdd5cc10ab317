import type { Services } from '../../simulators/demo/services.ts';

/** The calls of the program to the clouds, each as the right that it takes. */
export interface RecordedCalls {
  /** As `Microsoft.Compute/virtualMachines/read`. */
  readonly azure: ReadonlySet<string>;
  /** As `DescribeInstances`: the names of AWS’s actions. */
  readonly aws: ReadonlySet<string>;
}

/** People act on the simulators in another way: whatever came over the wire, the program called. */
export function callsTo({ azure, aws }: Pick<Services, 'azure' | 'aws'>): RecordedCalls {
  const arm = azure.log().filter(({ path }) => /^\/(?:subscriptions|providers)\//i.test(path));
  return {
    azure: new Set(arm.map(({ method, path }) => rightFor(method, path))),
    aws: new Set(aws.log().map(({ action }) => action)),
  };
}

const VERBS: Readonly<Record<string, string>> = { GET: 'read', PUT: 'write', PATCH: 'write', DELETE: 'delete' };

/**
 * The operation that Azure’s role-based access control asks for: the types on the path, and the verb ("Azure permissions"; what is
 * posted to is named itself). Without a provider, it is about the subscription.
 */
export function rightFor(method: string, path: string): string {
  const [, after] = /^.*\/providers\/(.+)$/i.exec(path) ?? [];
  if (after === undefined) return `Microsoft.Resources/subscriptions/${VERBS[method] ?? 'action'}`;
  const [namespace = '', ...segments] = after.split('/');
  const types = segments.filter((_, i) => i % 2 === 0);
  return [namespace, ...types, VERBS[method] ?? 'action'].join('/');
}
