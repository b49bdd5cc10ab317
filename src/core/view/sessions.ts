import type { Line } from '../language/text.ts';
import { cloudOf } from '../machine/machine.ts';
import { type Cut, cutPorts, isCutting, type PortCut } from '../request/cut.ts';
import type { Ended, Request } from '../request/request.ts';
import { isAny } from '../rule/source.ts';
import type { Note } from './view.ts';
import { fromText, nameOf, portList } from './words.ts';

/**
 * What becomes of sessions that are open at the end. Azure keeps flows that were allowed ("Network security groups"), unless
 * a group looks at them again when its rules change (`flushConnection` of @azure/arm-network's NetworkSecurityGroup); EC2
 * keeps tracked ones, and a rule from everywhere may leave them untracked ("Security group connection tracking").
 */
export function sessionsThen({ machine, source, cutsSessions }: Request): string {
  if (cutsSessions) return 'Open sessions are cut then.';
  const untracked = cloudOf(machine) === 'aws' && isAny(source);
  return untracked ? 'Open sessions may be cut then.' : 'Open sessions continue; new connections are refused.';
}

const FLUSH = '`az network nsg update --resource-group <group> --name <nsg> --set flushConnection=true`';

/** Before it is decided: whether sessions go on after the end, why, and what would cut them. */
export function sessionsFact({ machine, cutsSessions, sessionsStay }: Request): string {
  if (cutsSessions) return 'cut when access ends';
  if (sessionsStay !== undefined) return `continue after the end: ${sessionsStay}`;
  const how = cloudOf(machine) === 'azure' ? `to have them cut: ${FLUSH}` : '`aws.cutSessions` is not configured';
  return `continue after the end; ${how}`;
}

/** What came of cutting: on the card, a sentence each. */
export function notesOfCut(request: Ended): readonly Note[] {
  const { cut } = request;
  if (cut === undefined) return [];
  if (isCutting(cut)) return [{ tone: 'info', text: [`${from(request)} that are still open are being cut.`] }];
  const tone = isWorth(cut) && !isClean(cut) ? 'warning' : 'info';
  return sentencesOf(request, cut).map((text) => ({ tone, text }));
}

/** The same where people should hear of it: something was cut, goes on, or is not known. */
export function cutNews(request: Ended): Line | undefined {
  const { cut } = request;
  if (cut === undefined || isCutting(cut) || !isWorth(cut)) return undefined;
  return sentencesOf(request, cut).flatMap((text): Line => [' ', ...text]);
}

/** May some of its sessions go on? */
export function sessionsMayGoOn({ cut }: Ended): boolean {
  return cut !== undefined && !isCutting(cut) && !isClean(cut);
}

type CutOver = Exclude<Cut, { readonly state: 'owed' | 'under way' }>;

function isClean(cut: CutOver): boolean {
  return cut.state === 'done' && cut.ports.every((one) => 'left' in one && one.left === 0);
}

function isWorth(cut: CutOver): boolean {
  return cut.state === 'unknown' || cut.ports.some((one) => 'keptUntil' in one || one.found > 0);
}

function sentencesOf(request: Ended, cut: CutOver): readonly Line[] {
  if (cut.state === 'unknown')
    return [
      [`Whether connections from ${fromText(request)} to ${nameOf(request)} still go on is not known. ${cut.say}`],
    ];
  const told = cut.ports.filter((one) => 'found' in one);
  return [
    ...(told.length > 0 ? countsOf(request, told, cut.at) : []),
    ...cut.ports.flatMap((one): readonly Line[] =>
      'keptUntil' in one
        ? [
            [
              `${from(request, [one])} were not cut: another request lets that source in until `,
              { at: one.keptUntil },
              '.',
            ],
          ]
        : [],
    ),
  ];
}

type Counted = Extract<PortCut, { readonly found: number }>;

function countsOf(request: Ended, ports: readonly Counted[], at: number): readonly Line[] {
  const found = sum(ports, (one) => one.found);
  const left = sum(ports, (one) => one.left);
  const open = ports.filter((one) => one.left > 0);
  const whence = `from ${fromText(request)}`;
  if (found === 0) return [[`No connection ${whence} was open any more.`]];
  const cut = found - left;
  const were = `${cut} open ${cut === 1 ? 'connection' : 'connections'} ${whence} ${cut === 1 ? 'was' : 'were'} cut`;
  if (left === 0) return [[`${were}; none is left (read back `, { at }, ').']];
  const go = left === 1 ? 'connection goes' : 'connections go';
  const where = portList(open.map(({ port }) => port));
  return [[`${cut > 0 ? `${were}. ` : ''}${left} ${go} on at ${where} and could not be cut (read back `, { at }, ').']];
}

function from(request: Ended, ports: readonly { readonly port: Counted['port'] }[] = []): string {
  const all = ports.length > 0 ? ports.map(({ port }) => port) : cutPorts(request);
  return `Connections from ${fromText(request)} to ${portList(all)}`;
}

function sum(ports: readonly Counted[], of: (one: Counted) => number): number {
  return ports.reduce((all, one) => all + of(one), 0);
}
