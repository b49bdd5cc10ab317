import { parse } from 'yaml';
import { badConfig } from '../core/errors/bad-config.ts';

/** A value of a template: what JSON can say, and functions in it. */
type Node = string | number | boolean | null | readonly Node[] | { readonly [key: string]: Node };

interface Parameter {
  readonly Default?: string;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly string[];
  readonly MinLength?: number;
}

interface Template {
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Conditions: Readonly<Record<string, Node>>;
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, Node>> }>
  >;
}

/** A role of a template, as it says with the given parameters. */
export interface TemplateRole {
  readonly name: string;
  readonly sessionS: number;
  readonly trust: Readonly<Record<string, unknown>>;
  readonly policies: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** What a template of roles says: for each, and all policies that any of them may have. */
export interface TemplateRoles {
  readonly roles: readonly TemplateRole[];
  readonly policyNames: readonly string[];
}

const NOTHING = Symbol('AWS::NoValue');
type Value = unknown;

/**
 * Reads the roles of a CloudFormation template as CloudFormation would: `Ref`, `Fn::Sub`, `Fn::If`, `Fn::Equals` and `Fn::Not`
 * ("Intrinsic function reference", CloudFormation template reference), which are all that manifests/aws/roles.yaml uses. Anything else
 * throws, and so does a parameter that the template does not allow (`badConfig`).
 */
export function rolesOfTemplate(
  text: string,
  given: Readonly<Record<string, string>>,
  about: { readonly id: string; readonly partition: string },
): TemplateRoles {
  const { Parameters, Conditions, Resources } = parse(text) as Template;
  const values = new Map<string, Value>([
    ['AWS::AccountId', about.id],
    ['AWS::Partition', about.partition],
    ['AWS::NoValue', NOTHING],
    // A policy is meant by its name.
    ...Object.keys(Resources).map((name) => [name, name] as const),
    ...parametersOf(Parameters, given),
  ]);
  const read = reader(values, Conditions);
  const documentOf = (policy: string) =>
    read(Resources[policy]?.Properties.PolicyDocument ?? null) as Readonly<Record<string, unknown>>;
  const roles = Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .map(({ Properties: { RoleName, MaxSessionDuration, AssumeRolePolicyDocument, ManagedPolicyArns } }) => ({
      name: String(read(RoleName ?? null)),
      sessionS: Number(read(MaxSessionDuration ?? null)),
      trust: read(AssumeRolePolicyDocument ?? null) as Readonly<Record<string, unknown>>,
      policies: new Map(
        (read(ManagedPolicyArns ?? null) as readonly string[]).map((policy) => [policy, documentOf(policy)] as const),
      ),
    }));
  const policyNames = Object.entries(Resources).flatMap(([name, { Type }]) =>
    Type === 'AWS::IAM::ManagedPolicy' ? [name] : [],
  );
  return { roles, policyNames };
}

function parametersOf(
  parameters: Template['Parameters'],
  given: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  return Object.entries(parameters).map(([name, { Default, AllowedPattern, AllowedValues, MinLength = 0 }]) => {
    const value = given[name] ?? Default;
    const isRight =
      value !== undefined &&
      value.length >= MinLength &&
      (AllowedPattern === undefined || new RegExp(`^(?:${AllowedPattern})$`).test(value)) &&
      (AllowedValues === undefined || AllowedValues.includes(value));
    if (value !== undefined && isRight) return [name, value];
    // NB. The external ID is not shown.
    const rule = AllowedPattern ?? AllowedValues?.join(' or ') ?? `at least ${MinLength} characters`;
    throw badConfig([`${name} of the roles must be ${rule}`], undefined, 'The command');
  });
}

function reader(values: ReadonlyMap<string, Value>, conditions: Template['Conditions']): (node: Node) => Value {
  const named = (name: string): Value => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`The template names ${name}, which is not there`);
    return value;
  };
  const functions: Readonly<Record<string, (argument: Node) => Value>> = {
    Ref: (name) => named(String(name)),
    'Fn::Sub': (sentence) => String(sentence).replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => String(named(name))),
    'Fn::Equals': (pair) => {
      const [one, other] = read(pair) as readonly Value[];
      return one === other;
    },
    'Fn::Not': (one) => !(read(one) as readonly Value[])[0],
    'Fn::If': (choice) => {
      const [condition, yes = null, no = null] = choice as readonly Node[];
      const test = conditions[String(condition)];
      if (test === undefined) throw new Error(`The template names the condition ${condition}, which is not there`);
      return read(read(test) === true ? yes : no);
    },
  };
  function read(node: Node): Value {
    if (typeof node !== 'object' || node === null) return node;
    if (Array.isArray(node)) return node.map(read).filter((value) => value !== NOTHING);
    const entries = Object.entries(node as Readonly<Record<string, Node>>);
    const [[name = '', argument = null] = []] = entries;
    const known = entries.length === 1 ? functions[name] : undefined;
    if (known) return known(argument);
    if (entries.some(([key]) => key === 'Ref' || key.startsWith('Fn::')))
      throw new Error(`The template uses ${entries.map(([key]) => key).join(', ')}, which is not known here`);
    return Object.fromEntries(
      entries.map(([key, value]) => [key, read(value)]).filter(([, value]) => value !== NOTHING),
    );
  }
  return read;
}
