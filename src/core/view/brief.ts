import { commas, lasting, say } from '../language/say.ts';
import { type Line, type Phrase, tidy } from '../language/text.ts';
import { CLOUD_NAMES, cloudOf, type MachineId, providerIdOf } from '../machine/machine.ts';
import { extensionOf, type InForce, isApproved, isInForce, type Request } from '../request/request.ts';
import type { Port } from '../rule/port.ts';
import { countText, laterText, neededLine } from './approvals.ts';
import { askedLine } from './asked.ts';
import { movesText } from './moves.ts';
import { fromWhose } from './whose.ts';
import { approvers, capitalised, connectWords, isLedThere, nameOf, portList, who } from './words.ts';

/** The longest name that a tag can give an EC2 instance ("Tag your Amazon EC2 resources"). */
const LONGEST_NAME = 256;

/**
 * What a decision needs, in as few lines as can be: which ports, from where, for how long, on which machine beyond doubt.
 * The rest are the facts, one press away.
 */
export function briefOf(request: Request): readonly Line[] {
  const lease = isApproved(request) ? request.lease : undefined;
  const forMs = lease ? lease.until - lease.from : request.forMs;
  const where = whereText(request, 'short');
  const isCut = nameOf(request) !== tidy(request.machineName, LONGEST_NAME);
  return [
    ...(isInForce(request) ? connectLines(request) : []),
    capitalised([
      say`${portList(request.ports)} from ${fromWhose(request)} for ${lasting(forMs)}${movesText(request)}`,
    ]),
    [isCut ? say`${tidy(request.machineName, LONGEST_NAME)}: ${where}` : where],
  ];
}

/** Whom it waits for, or who let it in; below the reason. */
export function peopleOf(request: Request): readonly Line[] {
  const extension = extensionOf(request);
  const more: readonly Line[] = extension
    ? [[say`${who(extension.by)} asks for ${lasting(extension.forMs)} more`]]
    : [];
  if (request.status === 'pending' || extension) return [...more, ...waitingFor(request)];
  if (request.breakGlass || !isInForce(request)) return [];
  return [[say`Requested by ${who(request.requester)}, approved by ${approvers(request)}`]];
}

function waitingFor(request: Request): readonly Line[] {
  const needed = countText(request) === '' ? [] : neededLine(request);
  const later = laterText(request);
  const then: Line = later === '' ? [] : [say`; after that ${later}`];
  if (needed.length > 0) return [[say`Still needed: ${needed}${then}`]];
  return request.asked.length > 0 ? [[say`Asked: ${askedLine(request.asked)}${then}`]] : [];
}

const SSH = 22;
const RDP = 3389;

/** How people get in, as it is typed; where it is not known how, the address. */
export function connectLines(request: InForce): readonly Line[] {
  const to = connectWords(request);
  // While it opens, a firewall has not said yet where it leads from.
  if (to === undefined || (request.status === 'activating' && isLedThere(request))) return [];
  const command =
    request.bastion === undefined && !isLedThere(request)
      ? commandFor(request.ports, request.lease.connect ?? only(request))
      : undefined;
  return [command === undefined ? [say`Connect to ${to}`] : [say`Connect: \`${command}\``]];
}

function only({ addresses = [] }: InForce): string | undefined {
  return addresses.length === 1 ? addresses[0] : undefined;
}

/** NB. an address as we read it from the cloud, with a port where something in front of the machine has another: nothing else gets into a command. */
function commandFor([port, ...more]: readonly Port[], to: string | undefined): string | undefined {
  if (!port || more.length > 0 || port.protocol !== 'tcp' || to === undefined) return undefined;
  const [, host = '', at] = /^(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?$/.exec(to) ?? /^([\da-f:]+)$/i.exec(to) ?? [];
  if (host === '') return undefined;
  if (port.number === SSH) return at === undefined ? `ssh <user>@${host}` : `ssh -p ${at} <user>@${host}`;
  const spot = `${host.includes(':') ? `[${host}]` : host}${at === undefined ? '' : `:${at}`}`;
  return port.number === RDP ? `mstsc /v:${spot}` : undefined;
}

/** Which machine, beyond doubt: `AWS, eu-west-1a, account 123456789012, i-0abc…`; `short` leaves out the middle of an Azure subscription's id. */
export function whereText({ machine, location }: Request, how: 'short' | 'whole'): Phrase {
  return say`${commas([
    CLOUD_NAMES[cloudOf(machine)],
    ...(location ? [tidy(location, LONGEST_NAME)] : []),
    ...idsOf(machine, how, location),
  ])}`;
}

/** What the location does not say. */
function idsOf(machine: MachineId, how: 'short' | 'whole', location = ''): readonly Phrase[] {
  const id = providerIdOf(machine);
  const said = (word: string) => location.toLowerCase().includes(word);
  const azure = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\//.exec(id);
  if (azure) {
    const [, subscription = '', group = ''] = azure;
    const shown = how === 'short' ? subscription.replace(/^(.{8}).{7,}(.{4})$/, '$1…$2') : subscription;
    return [...(said(group) ? [] : [group]), say`subscription ${shown}`];
  }
  const [account = '', region = '', instance = ''] = id.split(':');
  return [...(said(region) ? [] : [region]), ...(said(account) ? [] : [say`account ${account}`]), instance];
}
