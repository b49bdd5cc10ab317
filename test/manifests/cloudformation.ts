import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { parse } from 'yaml';

/** `!Ref x` and the like become objects that say so. */
const customTags = ['Ref', 'GetAtt', 'Sub', 'Select'].flatMap((name) => [
  { tag: `!${name}`, resolve: (value: string) => ({ [name]: value }) },
  {
    tag: `!${name}`,
    collection: 'seq' as const,
    resolve: (value: { toJSON(): unknown }) => ({ [name]: value.toJSON() }),
  },
]);

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
export interface Template {
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

export function templateIn(text: string): Template {
  return parse(text, { customTags, maxAliasCount: 0 }) as Template;
}

const spec = loadAwsServiceSpecSync();

type Properties = Readonly<Record<string, { readonly type: PropertyType; readonly required?: boolean }>>;
interface PropertyType {
  readonly type: string;
  readonly element?: PropertyType;
  readonly reference?: { readonly $ref: string };
}

/** What AWS's own definitions do not know, or demand and do not find. */
function faultsIn(value: unknown, type: PropertyType, path: string): readonly string[] {
  if (isIntrinsic(value)) return [];
  if (type.type === 'array' && type.element) {
    const { element } = type;
    if (!Array.isArray(value)) return [`${path}: no list`];
    return value.flatMap((one, i) => faultsIn(one, element, `${path}[${i}]`));
  }
  if (type.type === 'ref' && type.reference) {
    const definition = spec.get('typeDefinition', type.reference.$ref as never) as { readonly properties: Properties };
    return faultsOf(value as Readonly<Record<string, unknown>>, definition.properties, path);
  }
  if (type.type === 'boolean' && typeof value !== 'boolean') return [`${path}: no boolean`];
  if (type.type === 'integer' && !Number.isInteger(value)) return [`${path}: no integer`];
  if (type.type === 'string' && typeof value !== 'string') return [`${path}: no text`];
  return [];
}

function isIntrinsic(value: unknown): boolean {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return keys.length === 1 && /^(?:Ref|GetAtt|Sub|Select|Fn::\w+)$/.test(keys[0] ?? '');
}

function faultsOf(given: Readonly<Record<string, unknown>>, known: Properties, path: string): readonly string[] {
  const missing = Object.entries(known).filter(([name, { required }]) => required && !(name in given));
  return [
    ...missing.map(([name]) => `${path}.${name}: is missing`),
    ...Object.entries(given).flatMap(([name, value]) => {
      const property = known[name];
      return property ? faultsIn(value, property.type, `${path}.${name}`) : [`${path}.${name}: is not known`];
    }),
  ];
}

/** What AWS's own definitions of its resources find wrong. */
export function check({ Resources }: Pick<Template, 'Resources'>): readonly string[] {
  return Object.entries(Resources).flatMap(([name, { Type, Properties }]) => {
    const [resource] = [...spec.lookup('resource', 'cloudFormationType', 'equals', Type)];
    return resource ? faultsOf(Properties, resource.properties as unknown as Properties, name) : [`${name}: ${Type}?`];
  });
}
