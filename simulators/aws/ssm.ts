import { randomUUID } from 'node:crypto';
import { AwsError } from './errors.ts';
import type { Signer } from './signature.ts';
import { type Command, checkParameters, type Document, isFrom, shown } from './ssm-commands.ts';
import type { AwsWorld } from './world.ts';

type Json = Readonly<Record<string, unknown>>;

/** A TCP connection that somebody has to an instance. */
export interface Connection {
  readonly from: string;
  readonly port: number;
  /** The system of the instance cannot end it alone. */
  readonly isStubborn?: boolean;
}

interface Agent {
  readonly platform: 'Linux' | 'Windows' | 'MacOS';
  readonly isOnline: boolean;
}

const only = (input: Json, ...names: readonly string[]): void => {
  const unknown = Object.keys(input).find((name) => !names.includes(name));
  if (unknown !== undefined) throw validation(`1 validation error detected: ${unknown} is not known here`);
};
const validation = (message: string): AwsError => new AwsError('ValidationException', message);

/** How long an agent takes to fetch a command, and to run one. */
const FETCH_MS = 1_000;
const RUN_MS = 1_000;

/**
 * Run Command of AWS Systems Manager (API reference of each action; "Understanding command statuses" of its user guide):
 * 1. SendCommand takes a document that exists in a version that exists, all of its parameters and no other one, each as its
 *    `allowedPattern` wants it; a command waits 30 s or more for its instance, then it is dropped (`Delivery Timed Out`).
 * 2. There is no token that makes SendCommand idempotent: sent twice it runs twice.
 * 3. An instance that never had an agent, or is terminated, is `InvalidInstanceId`; one whose agent is away is accepted.
 * 4. A role may run the document on instances that bear the tag of manifests/aws/roles.yaml alone.
 * 5. GetCommandInvocation of a document with several steps wants the name of one; it does not know a command at once.
 * 6. What a step prints is there when it has ended.
 */
export class SystemsManager {
  readonly #world: AwsWorld;
  readonly #changed: () => void;
  readonly #documents = new Map<string, string[]>();
  readonly #agents = new Map<string, Agent>();
  #connections: (Connection & { readonly instance: string })[] = [];
  #commands: Command[] = [];

  constructor(world: AwsWorld, changed: () => void) {
    this.#world = world;
    this.#changed = changed;
  }

  /** Somebody deploys a document to a region, as its next version, which is the default one then. */
  putDocument(where: { readonly account: string; readonly region: string }, name: string, content: object): void {
    const key = `${where.account}/${where.region}/${name}`;
    this.#documents.set(key, [...(this.#documents.get(key) ?? []), JSON.stringify(content)]);
  }

  /** An instance has an agent that is there, or away. */
  setAgent(instance: string, agent: Agent): void {
    this.#agents.set(instance, agent);
  }

  connect(instance: string, connection: Connection): void {
    this.#connections.push({ ...connection, instance });
    this.#changed();
  }

  /** What goes on at an instance. */
  connections(instance: string): readonly Connection[] {
    this.#world.settle();
    return this.#connections.filter((one) => one.instance === instance).map(({ instance: _, ...one }) => one);
  }

  /** All commands that were sent. */
  commands(): readonly Pick<Command, 'instance' | 'comment' | 'parameters' | 'status' | 'version'>[] {
    return this.#commands.map(({ instance, comment, parameters, status, version }) => ({
      instance,
      comment,
      version,
      parameters,
      status,
    }));
  }

  /** Does what the action asks for. Throws its refusal. */
  run(signer: Signer, action: string, input: Json): Json {
    const key = `${signer.credential.caller.account}/${signer.region}`;
    this.#world.settle();
    switch (action) {
      case 'GetDocument':
        return this.#getDocument(key, input);
      case 'DescribeInstanceInformation':
        return this.#describe(key, input);
      case 'SendCommand':
        return this.#send(key, signer, input);
      case 'ListCommands':
        return this.#list(key, input);
      case 'GetCommandInvocation':
        return this.#invocation(key, input);
      default:
        throw new AwsError('UnknownOperationException', `There is no ${action}.`);
    }
  }

  #versions(key: string, name: unknown): readonly string[] {
    const versions = this.#documents.get(`${key}/${String(name)}`);
    if (!versions) throw new AwsError('InvalidDocument', 'Document with name does not exist.');
    return versions;
  }

  #getDocument(key: string, input: Json): Json {
    only(input, 'Name', 'DocumentFormat');
    const versions = this.#versions(key, input.Name);
    const version = { DocumentVersion: `${versions.length}`, DocumentFormat: 'JSON', DocumentType: 'Command' };
    return { Name: input.Name, Status: 'Active', ...version, Content: versions.at(-1) };
  }

  #instance(key: string, id: string) {
    const [account = '', region = ''] = key.split('/');
    const row = this.#world.region(account, region)?.instances.get(id);
    return row && row.state !== 'terminated' ? row : undefined;
  }

  #describe(key: string, input: Json): Json {
    only(input, 'Filters', 'MaxResults', 'NextToken');
    const [filter] = (input.Filters ?? []) as readonly { readonly Key: string; readonly Values: readonly string[] }[];
    if (filter?.Key !== 'InstanceIds') throw new AwsError('InvalidInstanceInformationFilterValue', 'No such filter.');
    const found = filter.Values.flatMap((id) => {
      const agent = this.#instance(key, id) && this.#agents.get(id);
      if (!agent) return [];
      const status = agent.isOnline ? 'Online' : 'ConnectionLost';
      return [{ InstanceId: id, PingStatus: status, PlatformType: agent.platform, ResourceType: 'EC2Instance' }];
    });
    return { InstanceInformationList: found };
  }

  #send(key: string, { credential: { caller } }: Signer, input: Json): Json {
    only(input, 'InstanceIds', 'DocumentName', 'DocumentVersion', 'TimeoutSeconds', 'Comment', 'Parameters');
    const [instance = '', ...more] = (input.InstanceIds ?? []) as readonly string[];
    if (more.length > 0 || !/^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(instance)) throw validation('InstanceIds');
    const waitS = Number(input.TimeoutSeconds ?? 3600);
    if (!(waitS >= 30 && waitS <= 2_592_000)) throw validation('TimeoutSeconds must be 30 or more');
    const comment = String(input.Comment ?? '');
    if (comment.length > 100) throw validation('Comment must be 100 characters or less');
    const version = String(input.DocumentVersion ?? '$DEFAULT');
    const versions = this.#versions(key, input.DocumentName);
    const content = version.startsWith('$') ? versions.at(-1) : versions[Number(version) - 1];
    if (content === undefined) throw new AwsError('InvalidDocumentVersion', 'The document version is not valid.');
    const { parameters: known, mainSteps: steps } = JSON.parse(content) as Document;
    const parameters = (input.Parameters ?? {}) as Command['parameters'];
    checkParameters(known, parameters);
    const row = this.#instance(key, instance);
    if (caller.assumed && row && !row.tags.get('drawbridge:cut-sessions')) {
      const resource = `arn:aws:ec2:${key.replace('/', ':')}:instance/${instance}`;
      const message = `User: ${caller.arn} is not authorized to perform: ssm:SendCommand on resource: ${resource}`;
      throw new AwsError('AccessDeniedException', message);
    }
    if (!row || !this.#agents.has(instance))
      throw new AwsError('InvalidInstanceId', 'Instances not in a valid state for account');
    const times = { sentMs: this.#world.now(), waitMs: waitS * 1000 };
    const what = {
      id: randomUUID(),
      key,
      instance,
      document: String(input.DocumentName),
      version,
      comment,
      parameters,
    };
    const command: Command = { ...what, steps, ...times, status: 'Pending', details: 'Pending', output: '' };
    this.#commands.push(command);
    this.#deliver(command);
    this.#changed();
    return { Command: shown(command) };
  }

  /** The agent asks again and again; what it did not fetch in time is dropped. */
  #deliver(command: Command): void {
    this.#world.later(FETCH_MS, () => {
      if (this.#agents.get(command.instance)?.isOnline) return this.#begin(command);
      if (this.#world.now() - command.sentMs >= command.waitMs)
        return void Object.assign(command, { status: 'TimedOut', details: 'Delivery Timed Out' });
      this.#deliver(command);
    });
  }

  #begin(command: Command): void {
    Object.assign(command, { status: 'InProgress', details: 'In Progress' });
    this.#world.later(RUN_MS, () => {
      Object.assign(command, { status: 'Success', details: 'Success', output: this.#cut(command) });
      this.#changed();
    });
  }

  /** What the script of Drawbridge does on a machine: the scripts themselves have tests of their own. */
  #cut({ instance, parameters }: Command): string {
    const [source = ''] = parameters.Source ?? [];
    const [ports = ''] = parameters.Ports ?? [];
    const lines = ports.split(',').map((port) => {
      const isMeant = (one: Connection & { readonly instance: string }) =>
        one.instance === instance && one.port === Number(port) && isFrom(one.from, source);
      const found = this.#connections.filter(isMeant).length;
      this.#connections = this.#connections.filter((one) => !isMeant(one) || one.isStubborn);
      return `drawbridge port=${port} found=${found} left=${this.#connections.filter(isMeant).length}\n`;
    });
    return lines.join('');
  }

  #list(key: string, input: Json): Json {
    only(input, 'InstanceId', 'Filters', 'MaxResults');
    const [filter] = (input.Filters ?? []) as readonly { readonly key: string; readonly value: string }[];
    if (filter && filter.key !== 'DocumentName') throw new AwsError('InvalidFilterKey', 'The key is not valid.');
    const most = Number(input.MaxResults ?? 50);
    if (!(most >= 1 && most <= 50)) throw validation('MaxResults');
    const found = this.#commands.filter(
      (one) => one.key === key && one.instance === input.InstanceId && (!filter || one.document === filter.value),
    );
    return { Commands: found.toReversed().slice(0, most).map(shown) };
  }

  #invocation(key: string, input: Json): Json {
    only(input, 'CommandId', 'InstanceId', 'PluginName');
    const command = this.#commands.find((one) => one.key === key && one.id === input.CommandId);
    if (
      command?.instance !== input.InstanceId ||
      !command ||
      this.#world.now() - command.sentMs < this.#world.readLagMs
    )
      throw new AwsError('InvocationDoesNotExist', 'The command has no such invocation.');
    const step = command.steps.find(({ name }) => name === input.PluginName);
    if (!step) throw new AwsError('InvalidPluginName', 'The plugin name is not valid.');
    const isMeant = step.precondition.StringEquals[1] === this.#agents.get(command.instance)?.platform;
    return {
      CommandId: command.id,
      InstanceId: command.instance,
      Comment: command.comment,
      DocumentName: command.document,
      PluginName: step.name,
      Status: command.status,
      StatusDetails: command.details,
      ResponseCode: command.status === 'Success' ? 0 : -1,
      StandardOutputContent: isMeant ? command.output : 'Step execution skipped due to unsupported platform.',
    };
  }
}
