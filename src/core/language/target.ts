import type { JitError } from '../errors/errors.ts';
import { type Port, parsePort, uniquePorts } from '../rule/port.ts';
import { parseSource } from '../rule/source.ts';
import { portInstead } from './port-word.ts';
import type { Token } from './token.ts';
import { areDays } from './until-words.ts';

/** A machine as people name it, with the ports that stand with it. */
export interface SaidTarget {
  readonly name: string;
  readonly ports: readonly Port[];
  readonly fault?: JitError;
}

const SCHEME = /^(ssh|rdp|https?):\/\//i;
/** Ids of clouds and tags have colons of their own. */
const OWN_COLONS = /^(?:azure|aws|tag|gcp):/i;

/** Reads `web-1`, `web-1:22`, `ada@web-1`, `ssh://ada@web-1:22`, `[2001:db8::4]:22`; what is quoted, and ids, stay as they are. */
export function readTarget({ text, isQuoted }: Token): SaidTarget {
  const linked = isQuoted ? undefined : pagedId(text);
  if (linked !== undefined) return { name: linked, ports: [] };
  if (isQuoted || OWN_COLONS.test(text) || /^\/(?!v:)/i.test(text)) return { name: text, ports: [] };
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  const whole = scheme === undefined ? text : text.replace(SCHEME, '').replace(/\/.*$/, '');
  const [, person] = /^<@\w+\|([^<>]+)>$/.exec(whole) ?? [];
  if (person !== undefined) return { name: person, ports: [] };
  const host = whole.replace(/^[^@\s/]+@(?=.)/, '').replace(/^(?:[@#]|\/v:)(?=.)/i, '');
  const published = pagedId(host);
  if (published !== undefined) return { name: published, ports: [] };
  const named = scheme === 'ssh' || scheme === 'rdp' ? (parsePort(scheme) ?? []) : [];
  const bracketed = /^\[([^[\]]+)\](?::(.+))?$/.exec(host);
  // `198.51.100.4/32` is that address.
  const alone = parseSource(host)?.replace(/\/(?:32|128)$/, '');
  if (!bracketed && alone !== undefined) return { name: /\/(?:32|128)$/.test(host) ? alone : host, ports: named };
  const [, name = host, port] = bracketed ?? /^([^:]+):([^:]+)$/.exec(host) ?? [];
  if (port === undefined) return { name, ports: named };
  const ports = parsePort(port);
  if (ports) return { name, ports };
  const instead = portInstead(port);
  return { name, ports: instead.ports, ...(instead.fault ? { fault: instead.fault } : {}) };
}

/** Out of the address of a request's page on the board, of a page in a cloud's console, an ARN, or a public DNS name of EC2: the id or the address that stands in it. */
function pagedId(text: string): string | undefined {
  if (!/^(?:https:\/\/|arn:|ec2-)/i.test(text)) return undefined;
  const [, request] = /\/board\/lease\/([2-9a-z]{7})(?:[/?#]|$)/i.exec(text) ?? [];
  const [azure] =
    /\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Compute\/virtualMachines\/[^/?#]+/i.exec(
      text,
    ) ?? [];
  const [, octets] = /^ec2-((?:\d{1,3}-){3}\d{1,3})\.[a-z0-9.-]*amazonaws\.com(?:\.cn)?$/i.exec(text) ?? [];
  return request ?? azure ?? octets?.replaceAll('-', '.') ?? /\bi-[0-9a-f]{8,17}\b/i.exec(text)?.[0];
}

/** The same ports with each of them. */
export function samePorts(all: readonly SaidTarget[]): boolean {
  const key = ({ ports }: SaidTarget) => JSON.stringify(uniquePorts(ports));
  return all.every((target) => target.ports.length === 0 || key(target) === key(all[0] ?? target));
}

/** Does a word look like the name or the ID of a machine, or the ID of a request, rather than like a word of a sentence? */
export function isNameLike(text: string): boolean {
  if (areDays(text) || /^[kc]w\d{1,2}$/i.test(text)) return false;
  return /\d/.test(text) || /^[\w.]+-[\w.-]+$/.test(text) || OWN_COLONS.test(text);
}
