import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT, read } from './files.ts';

interface Trust {
  readonly Effect: string;
  readonly Principal: { readonly AWS?: unknown; readonly Service?: unknown };
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Resource {
  readonly Type: string;
  readonly Properties: { readonly AssumeRolePolicyDocument: { readonly Statement: readonly Trust[] } };
}

/** Roles that Drawbridge assumes, wherever it runs. */
const ROLES = globSync('manifests/aws/*.yaml', { cwd: ROOT }).flatMap((file) => {
  // CloudFormation's short tags (`!Ref`) are not used in these.
  const { Resources } = parse(read(file), { logLevel: 'silent' }) as { Resources: Record<string, Resource> };
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .map(([name, { Properties }]) => ({
      name: `${file} ${name}`,
      trusts: Properties.AssumeRolePolicyDocument.Statement,
    }))
    .filter(({ trusts }) => trusts.some(({ Principal }) => Principal.AWS !== undefined));
});

/** What EKS Pod Identity sets, and passes on ("Enable or disable session tags", EKS user guide). */
const POD_IDENTITY = [
  ...['eks-cluster-arn', 'eks-cluster-name', 'kubernetes-namespace', 'kubernetes-service-account'],
  ...['kubernetes-pod-name', 'kubernetes-pod-uid'],
];

const statementsFor = (trusts: readonly Trust[], action: string) =>
  trusts.filter(({ Action }) => [Action].flat().includes(action));

/** `ForAllValues:StringLike` over `aws:TagKeys`: true where there is no tag at all (IAM user guide, "Multivalued context keys"). */
function maySetTags(trusts: readonly Trust[], keys: readonly string[]): boolean {
  return statementsFor(trusts, 'sts:TagSession').some(({ Condition = {} }) => {
    const { 'aws:TagKeys': patterns } = Condition['ForAllValues:StringLike'] ?? {};
    const allowed = (patterns as readonly string[]).map((one) => new RegExp(`^${one.replaceAll('*', '.*')}$`));
    return keys.every((key) => allowed.some((pattern) => pattern.test(key)));
  });
}

describe('the roles that Drawbridge assumes in AWS', () => {
  it('are looked at: five, in four files', () => {
    expect(ROLES.map(({ name }) => name).toSorted()).toEqual([
      'manifests/aws/audit.yaml Role',
      'manifests/aws/people.yaml People',
      'manifests/aws/roles.yaml Onboarder',
      'manifests/aws/roles.yaml Operator',
      'manifests/aws/units.yaml Lister',
    ]);
  });

  it.each(ROLES)('$name wants the external ID of whoever assumes it', ({ trusts }) => {
    const ways = trusts.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('sts:AssumeRole')));
    expect(ways.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' } } },
    ]);
  });

  it.each(ROLES)('$name takes a session with the tags of EKS Pod Identity, and with no other', ({ trusts }) => {
    expect(maySetTags(trusts, POD_IDENTITY)).toBe(true);
    expect(maySetTags(trusts, [])).toBe(true);
    expect(maySetTags(trusts, [...POD_IDENTITY, 'team'])).toBe(false);
    const tagging = statementsFor(trusts, 'sts:TagSession');
    expect(tagging.map(({ Action }) => Action)).toEqual(['sts:TagSession']);
  });
});
