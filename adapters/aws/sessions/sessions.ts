import type { InstanceInformation } from '@aws-sdk/client-ssm';
import { JitError } from '../../../src/core/errors/errors.ts';
import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { Machine } from '../../../src/core/machine/machine.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import type { CutAsk, CutReply, Sessions } from '../../../src/ports/sessions.ts';
import type { Aws } from '../ec2/context.ts';
import { type AccountRegion, type InstanceRef, instanceRef } from '../ec2/ids.ts';
import { toMachine } from '../ec2/machines.ts';
import { isCode } from '../errors.ts';
import { answerOf, isOurs, type Platform, parametersFor, STEPS, scriptError } from './document.ts';
import { type RunCommand, SystemsManager } from './systems-manager.ts';

/** The tag that lets Drawbridge run its document on a machine; its value is the installation. The role is bound to it too. */
export const TAG = 'drawbridge:cut-sessions';
/** So long a document that was found to be ours, or not, counts as that. */
const KEPT_MS = MINUTE_MS;
/** Not finished yet ("Understanding command statuses"). */
const RUNNING: ReadonlySet<string> = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

/** Sessions in AWS, and why those of a machine cannot be cut. */
export interface AwsSessions extends Sessions {
  /** Undefined where they can. Never throws: what cannot be read is a reason too. */
  against(machine: Machine, signal: AbortSignal): Promise<string | undefined>;
}

interface Ready {
  readonly version: string;
  readonly platform: Platform;
}

/** Cuts sessions through Run Command of Systems Manager, with the one document of the settings. */
export function sessionsOf(aws: Aws, document: string): AwsSessions {
  const manager = new SystemsManager(aws.settings, aws.sites);
  const versions = new Map<string, { readonly at: number; readonly version: string | undefined }>();

  const versionIn = async (where: AccountRegion, signal: AbortSignal) => {
    const key = `${where.account}:${where.region}`;
    const known = versions.get(key);
    if (known && aws.now() - known.at < KEPT_MS) return known.version;
    const { content, version } = await manager.document(where, document, signal);
    const own = isOurs(content) ? version : undefined;
    versions.set(key, { at: aws.now(), version: own });
    return own;
  };
  /** What it takes, or why it is not there. */
  const readiness = async (machine: Machine, signal: AbortSignal): Promise<Ready | string> => {
    const ref = instanceRef(machine.id);
    if (machine.tags[TAG] !== aws.installation) return `it does not have the tag ${TAG}=${aws.installation}`;
    const [agent, version] = await Promise.all([manager.agent(ref, ref.instance, signal), versionIn(ref, signal)]);
    if (version === undefined) return `the document ${document} is not the one of this version of Drawbridge`;
    const platform = platformOf(agent);
    return typeof platform === 'string' ? platform : { version, platform: platform.is };
  };

  return {
    async against(machine, signal) {
      try {
        const found = await readiness(machine, signal);
        return typeof found === 'string' ? found : undefined;
      } catch (error) {
        signal.throwIfAborted();
        aws.log.warn({ error, machine: machine.id }, 'Systems Manager could not be asked about a machine');
        return 'Systems Manager could not be asked';
      }
    },
    async cut(ask, signal, beforeCall) {
      const ref = instanceRef(ask.machine);
      const instance = await aws.sites.of(ref).now.instance(ref.instance, signal);
      const machine = instance && toMachine(aws.sites.of(ref), instance);
      // Whatever was open there ended with it.
      if (!machine || instance.State?.Name !== 'running') return nothingLeft(ask);
      const target = { document, name: machine.name, ref };
      if (ask.command !== undefined) return outcomeOf(manager, { ...ask, command: ask.command }, target, signal);
      const ready = await readiness(machine, signal);
      if (typeof ready === 'string') throw stays(machine.name, ready);
      return begun(manager, ask, { ...target, ...ready }, { signal, beforeCall });
    },
  };
}

interface Target {
  readonly document: string;
  readonly name: string;
  readonly ref: InstanceRef;
}

/** A command as it is kept: with the step that tells of it, for the agent may be away when it is asked for. */
async function begun(
  manager: SystemsManager,
  { source, ports, token }: CutAsk,
  { document, version, platform, name, ref }: Target & Ready,
  allowed: Allowed,
): Promise<CutReply> {
  const parameters = parametersFor(source, ports);
  if (!parameters) throw stays(name, 'its ports or source are not what the document takes');
  const command = { instance: ref.instance, document, version, parameters, comment: `drawbridge ${token}` };
  const id =
    (await manager.find(ref, command, allowed.signal)) ?? (await sent(manager, { ref, name }, command, allowed));
  return { state: 'under way', command: `${STEPS[platform]}/${id}` };
}

async function outcomeOf(
  manager: SystemsManager,
  { command, ports }: CutAsk & { readonly command: string },
  { name, ref }: Target,
  signal: AbortSignal,
): Promise<CutReply> {
  const [step = '', id = ''] = command.split('/');
  const found = await manager.outcome(ref, { command: id, instance: ref.instance, step }, signal);
  const {
    Status: status = 'Pending',
    StatusDetails: details = status,
    StandardOutputContent: output = '',
  } = found ?? {};
  if (RUNNING.has(status)) return { state: 'under way', command };
  const answer = status === 'Success' ? answerOf(output, ports) : undefined;
  if (answer) return { state: 'done', ports: answer };
  throw stays(name, scriptError(output) ?? (status === 'Success' ? 'its answer cannot be read' : endedAs(details)));
}

async function sent(
  manager: SystemsManager,
  { ref, name }: Pick<Target, 'ref' | 'name'>,
  command: RunCommand,
  { signal, beforeCall }: Allowed,
): Promise<string> {
  beforeCall();
  try {
    return await manager.send(ref, command, signal);
  } catch (error) {
    if (isCode(error, 'InvalidInstanceId')) throw stays(name, 'its Systems Manager agent is not online', error);
    if (error instanceof JitError && error.code === 'cloudDenied')
      throw stays(name, 'the role may not run the document on it', error);
    throw error;
  }
}

function platformOf(agent: InstanceInformation | undefined): { readonly is: Platform } | string {
  if (!agent) return 'it has no Systems Manager agent';
  if (agent.PingStatus !== 'Online') return 'its Systems Manager agent is not online';
  const { PlatformType: is } = agent;
  return is === 'Linux' || is === 'Windows' ? { is } : 'it runs neither Linux nor Windows';
}

function nothingLeft({ ports }: CutAsk): CutReply {
  return { state: 'done', ports: ports.map((port) => ({ port, found: 0, left: 0 })) };
}

/** `Delivery Timed Out`, `Undeliverable`: the service's own words. */
function endedAs(details: string): string {
  return `the command ended as “${details.replace(/[^A-Za-z ]/g, '').slice(0, 40)}”`;
}

function stays(machine: string, why: string, cause?: unknown): JitError {
  return new JitError('sessionsStay', { machine, why }, { cause });
}
