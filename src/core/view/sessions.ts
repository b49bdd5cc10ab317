import { say } from '../language/say.ts';
import type { Line, Phrase } from '../language/text.ts';
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
export function sessionsThen({ machine, source, cutsSessions }: Request): Phrase {
  if (cutsSessions) return say`Open sessions are cut then.`;
  const untracked = cloudOf(machine) === 'aws' && isAny(source);
  return untracked ? say`Open sessions may be cut then.` : say`Open sessions continue; new connections are refused.`;
}

const FLUSH = `\`az network nsg update --resource-group <group> --name <nsg> --set flushConnection=true\``;

/** Before it is decided: whether sessions go on after the end, why, and what would cut them. */
export function sessionsFact({ machine, cutsSessions, sessionsStay }: Request): Phrase {
  if (cutsSessions) return say`cut when access ends`;
  if (sessionsStay !== undefined) return say`continue after the end: ${sessionsStay}`;
  const how =
    cloudOf(machine) === 'azure' ? say`to have them cut: ${FLUSH}` : say`\`aws.cutSessions\` is not configured`;
  return say`continue after the end; ${how}`;
}

/** What came of cutting: on the card, a sentence each. */
export function notesOfCut(request: Ended): readonly Note[] {
  const { cut } = request;
  if (cut === undefined) return [];
  if (isCutting(cut)) return [{ tone: 'info', text: [say`${from(request)} that are still open are being cut.`] }];
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
      [say`Whether connections from ${fromText(request)} to ${nameOf(request)} still go on is not known. ${cut.say}`],
    ];
  const told = cut.ports.filter((one) => 'found' in one);
  return [
    ...(told.length > 0 ? countsOf(request, told, cut.at) : []),
    ...cut.ports.flatMap((one): readonly Line[] =>
      'keptUntil' in one
        ? [
            [
              say`${from(request, [one])} were not cut: another request lets that source in until ${{ at: one.keptUntil }}.`,
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
  const whence = say`from ${fromText(request)}`;
  if (found === 0) return [[say`No connection ${whence} was open any more.`]];
  const cut = found - left;
  const were =
    cut === 1 ? say`${cut} open connection ${whence} was cut` : say`${cut} open connections ${whence} were cut`;
  if (left === 0) return [[say`${were}; none is left (read back ${{ at }}).`]];
  const where = portList(open.map(({ port }) => port));
  return [
    [
      cut > 0 ? say`${were}. ` : '',
      left === 1
        ? say`${left} connection goes on at ${where} and could not be cut (read back ${{ at }}).`
        : say`${left} connections go on at ${where} and could not be cut (read back ${{ at }}).`,
    ],
  ];
}

function from(request: Ended, ports: readonly { readonly port: Counted['port'] }[] = []): Phrase {
  const all = ports.length > 0 ? ports.map(({ port }) => port) : cutPorts(request);
  return say`Connections from ${fromText(request)} to ${portList(all)}`;
}

function sum(ports: readonly Counted[], of: (one: Counted) => number): number {
  return ports.reduce((all, one) => all + of(one), 0);
}
