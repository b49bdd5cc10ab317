import * as ec2 from '@aws-sdk/client-ec2';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';

/**
 * The service models of EC2, STS and IAM, as the SDK ships them: what a reply may have in it, under which name, and of which
 * type. It is theirs unchanged; only the few shapes that schemas are written in are read here.
 */
interface Told {
  readonly service: string;
  readonly action: string;
  readonly status: number;
  readonly body: string;
}

interface Element {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Element[];
}

/** Scalars are numbers; everything else is a list that begins with its kind (`@smithy/core`, schema sentinels). */
const KIND = { simple: 0, list: 1, structure: 3, operation: 9 } as const;
const LISTED = 64;
const SCALARS: Readonly<Record<number, RegExp>> = {
  0: /^/,
  1: /^-?\d+(?:\.\d+)?$/,
  2: /^(?:true|false)$/,
  4: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
  5: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
};

/** Words that a member takes; the schemas do not say them, the enums beside them do. */
const WORDS: Readonly<Record<string, object>> = {
  'InstanceState.Name': ec2.InstanceStateName,
  'NetworkAclEntry.RuleAction': ec2.RuleAction,
  'NetworkInterface.Status': ec2.NetworkInterfaceStatus,
  // The enum lags behind what the filter `interface-type` of the same call is said to take.
  'NetworkInterface.InterfaceType': { ...ec2.NetworkInterfaceType, eice: 'ec2_instance_connect_endpoint' },
  'NetworkInterfaceAttachment.Status': ec2.AttachmentStatus,
  'Route.State': ec2.RouteState,
  'Route.Origin': ec2.RouteOrigin,
  'RouteTableAssociationState.State': ec2.RouteTableAssociationStateCode,
  'Subnet.State': ec2.SubnetState,
  'Vpc.State': ec2.VpcState,
  'ManagedPrefixList.State': ec2.PrefixListState,
  'BlockPublicAccessStates.InternetGatewayBlockMode': ec2.BlockPublicAccessMode,
  'VpcBlockPublicAccessOptions.InternetGatewayBlockMode': ec2.InternetGatewayBlockMode,
  'VpcBlockPublicAccessOptions.State': ec2.VpcBlockPublicAccessState,
  'VpcBlockPublicAccessOptions.ManagedBy': ec2.ManagedBy,
  'VpcBlockPublicAccessOptions.ExclusionsAllowed': ec2.VpcBlockPublicAccessExclusionsAllowed,
  'VpcBlockPublicAccessExclusion.State': ec2.VpcBlockPublicAccessExclusionState,
  'VpcBlockPublicAccessExclusion.InternetGatewayExclusionMode': ec2.InternetGatewayExclusionMode,
};

/** Operations by service and action: thousands of exports, so looked through once. */
const MODELS = new Map(
  Object.entries({ ec2, sts, iam }).map(([service, model]) => [
    service,
    new Map((Object.entries(model) as [string, unknown][]).filter(([name]) => name.endsWith('$'))),
  ]),
);
/** Beside the members of a result. */
const ENVELOPE = new Set(['requestId', 'return']);

/** More replies than these of one action are not kept: they would be the same again. */
const MOST_KEPT = 100;

/** Keeps the replies of a test, to be held against the models when it ends: calls have time limits that run meanwhile. */
export class KeptReplies {
  readonly #kept = new Map<string, Told[]>();

  readonly add = (reply: Told): void => {
    const same = this.#kept.get(reply.action) ?? [];
    this.#kept.set(reply.action, same);
    if (same.length < MOST_KEPT) same.push(reply);
  };

  /** Each once. */
  faults(): readonly string[] {
    return [...new Set([...this.#kept.values()].flat().flatMap(faultsIn))].sort();
  }

  forget(): void {
    this.#kept.clear();
  }
}

/** What in a reply is not as the service's own model has it; nothing for services that are not spoken in XML. */
export function faultsIn({ service, action, status, body }: Told): readonly string[] {
  const model = MODELS.get(service);
  if (!model) return [];
  const root = parse(body);
  const told = (faults: readonly string[]) => faults.map((one) => `${action} gives ${one}`);
  if (status >= 300) return told(envelopeFaults(service, root));
  const operation = model.get(`${action}$`);
  if (!Array.isArray(operation) || operation[0] !== KIND.operation) return told(['what no such action gives']);
  const result = service === 'ec2' ? root : root.children.find(({ name }) => name === `${action}Result`);
  if (root.name !== `${action}Response` || !result) return told([`the root ${root.name}`]);
  const children = service === 'ec2' ? result.children.filter(({ name }) => !ENVELOPE.has(name)) : result.children;
  return told(structureFaults(reference(operation[5]), { ...result, children }, action));
}

function envelopeFaults(service: string, root: Element): readonly string[] {
  const path = service === 'ec2' ? ['Response', 'Errors', 'Error'] : ['ErrorResponse', 'Error'];
  const error = path
    .slice(1)
    .reduce<Element | undefined>(
      (at, name) => at?.children.find((child) => child.name === name),
      root.name === path[0] ? root : undefined,
    );
  const names = error?.children.map(({ name }) => name) ?? [];
  return names.includes('Code') && names.includes('Message') ? [] : ['an error without code and message'];
}

function structureFaults(schema: unknown, element: Element, path: string): readonly string[] {
  if (!Array.isArray(schema) || schema[0] !== KIND.structure)
    return element.children.length > 0 ? [`${path}, which has no members`] : [];
  const [, , shape, , names, members, required = 0] = schema as readonly unknown[] as readonly [
    number,
    string,
    string,
    unknown,
    readonly string[],
    readonly unknown[],
    number?,
  ];
  const known = membersOf(schema, names, members);
  const missing = names.slice(0, required).filter((name) => !element.children.some((child) => child.name === name));
  const twice = element.children.filter(({ name }, i) => element.children.findIndex((one) => one.name === name) !== i);
  return [
    ...missing.map((name) => `${path} without ${name}`),
    ...twice.map(({ name }) => `${path}.${name} twice`),
    ...element.children.flatMap((child) => {
      const member = known.get(child.name);
      if (!member) return [`${path}.${child.name}, which ${shape} has not`];
      const words = WORDS[`${shape}.${member.name}`];
      if (words && !Object.values(words).includes(child.text)) return [`${path}.${child.name} “${child.text}”`];
      return valueFaults(member.of, child, `${path}.${child.name}`);
    }),
  ];
}

type Members = ReadonlyMap<string, { readonly name: string; readonly of: unknown }>;

const memo = new WeakMap<object, Members>();

/** By their names in XML. */
function membersOf(schema: object, names: readonly string[], members: readonly unknown[]): Members {
  const known = memo.get(schema);
  if (known) return known;
  const made = new Map(
    names.map((name, i) => {
      const [of, traits] = memberOf(members[i]);
      return [traits.xmlName ?? name, { name, of }] as const;
    }),
  );
  memo.set(schema, made);
  return made;
}

function valueFaults(schema: unknown, element: Element, path: string): readonly string[] {
  if (Array.isArray(schema) && schema[0] === KIND.structure) return structureFaults(schema, element, path);
  if (Array.isArray(schema) && schema[0] === KIND.list) {
    const [of, traits] = memberOf(schema[4]);
    const item = traits.xmlName ?? 'member';
    return element.children.flatMap((child) =>
      child.name === item ? valueFaults(of, child, `${path}[]`) : [`${path}.${child.name} in a list of ${item}`],
    );
  }
  // A scalar with a name of its own.
  if (Array.isArray(schema) && schema[0] === KIND.simple) return valueFaults(schema[4], element, path);
  // A list of scalars is their kind with a bit more.
  if (typeof schema === 'number' && schema >= LISTED)
    return element.children.flatMap((child) => valueFaults(schema - LISTED, child, `${path}[]`));
  const pattern = typeof schema === 'number' ? SCALARS[schema] : undefined;
  if (!pattern) return [`${path}, of a type that is not known here: ${JSON.stringify(schema)}`];
  return element.children.length === 0 && pattern.test(element.text) ? [] : [`${path} “${element.text}”`];
}

function reference(schema: unknown): unknown {
  return typeof schema === 'function' ? schema() : schema;
}

/** A member is a schema, or a schema with its traits. */
function memberOf(member: unknown): readonly [schema: unknown, traits: { readonly xmlName?: string }] {
  if (!Array.isArray(member) || member.length !== 2) return [reference(member), {}];
  const [of, traits] = member as readonly unknown[];
  return [reference(of), typeof traits === 'object' && traits !== null ? traits : {}];
}

/** The XML that the simulator writes: elements and text, attributes only at the root. */
function parse(body: string): Element {
  const root = { name: '', text: '', children: [] as Element[] };
  const open = [root];
  for (const [, end, name, , empty, text] of body.matchAll(/<(\/?)([\w.]+)([^>]*?)(\/?)>|([^<]+)/g)) {
    const at = open.at(-1);
    if (!at) break;
    if (text !== undefined) at.text += text;
    else if (end) open.pop();
    else {
      const made = { name: name ?? '', text: '', children: [] };
      at.children.push(made);
      if (!empty) open.push(made);
    }
  }
  const [first = root] = root.children;
  return first;
}
