import { z } from 'zod';
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import { type MachineId, machineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import type { ProtectedPort } from '../../../src/ports/cloud.ts';
import type { Subscription } from '../arm/clients.ts';
import type { ArmId } from '../arm/ids.ts';
import type { Raw } from '../arm/raw.ts';

/** A just-in-time policy, as far as it is understood. */
export interface JitPolicy {
  /** In lower case. */
  readonly id: ArmId;
  readonly machines: readonly PolicyMachine[];
  readonly records: readonly PolicyRecord[];
  readonly raw: Raw;
}

export interface PolicyMachine {
  readonly machine: MachineId;
  readonly ports: readonly PolicyPort[];
  readonly raw: Raw;
}

export interface PolicyPort {
  readonly port: Port;
  /** With its limits; undefined where these cannot be read, since no source means any. */
  readonly known?: ProtectedPort;
  readonly raw: Raw;
}

/** One port of one machine in a request. */
export interface PolicyRecord {
  readonly machine: MachineId;
  readonly number: number;
  /** Canonical prefixes. */
  readonly sources: readonly string[];
  readonly start: Instant;
  readonly end: Instant;
  /** `Initiating`, `Initiated`, `Revoked`; it may learn more. */
  readonly status: string;
  readonly justification: string;
  /** The whole request. */
  readonly request: Raw;
}

const text = z.string().nullish();
/** null and nothing are none. */
const list = z
  .array(z.unknown())
  .nullish()
  .transform((items) => items ?? []);
const sources = {
  allowedSourceAddressPrefix: text,
  allowedSourceAddressPrefixes: z.array(z.string()).nullish(),
};
const instant = z.string().transform((said, context) => {
  const at = Date.parse(said);
  if (Number.isNaN(at)) context.addIssue({ code: 'custom', message: 'is no instant' });
  return at;
});

const policyWire = z.looseObject({
  id: z.string(),
  properties: z.looseObject({ virtualMachines: list, requests: list }),
});
const machineWire = z.looseObject({
  id: z
    .string()
    .transform((id) => machineId('azure', id))
    .pipe(z.custom<MachineId>((id) => id !== undefined, 'is no machine')),
  ports: list,
});
const portWire = z.looseObject({ number: z.int(), protocol: text, ...sources, maxRequestAccessDuration: text });
const requestWire = z.looseObject({ virtualMachines: list, startTimeUtc: instant, justification: text });
const accessWire = z.looseObject({ number: z.int(), ...sources, endTimeUtc: instant, status: text });

type Tell = Subscription['unreadable'];

/** Undefined for what is no policy; what else cannot be read in it is left out, and told. */
export function toPolicy(said: unknown, tell: Tell): JitPolicy | undefined {
  const policy = read(policyWire, said, 'a just-in-time policy', tell);
  if (!policy) return undefined;
  const where = policy.id;
  const { virtualMachines, requests } = policy.properties;
  const machines = virtualMachines.flatMap((raw): readonly PolicyMachine[] => {
    const found = read(machineWire, raw, `a machine of ${where}`, tell);
    if (!found) return [];
    const ports = found.ports.flatMap((port) => toPort(port, `a port of ${found.id} in ${where}`, tell) ?? []);
    return [{ machine: found.id, ports, raw: raw as Raw }];
  });
  const records = requests.flatMap((raw) => recordsIn(raw, where, tell));
  return { id: where.toLowerCase(), machines, records, raw: said as Raw };
}

function toPort(raw: unknown, where: string, tell: Tell): PolicyPort | undefined {
  const found = read(portWire, raw, where, tell);
  if (!found) return undefined;
  const port = portOf(found);
  const given = sourcesOf(found);
  const prefixes = given.includes('*') ? [] : given.map(parseSource);
  const longestMs = durationMs(found.maxRequestAccessDuration ?? '');
  const known = prefixes.filter((source) => source !== undefined);
  if (longestMs === undefined || given.length === 0 || known.length < prefixes.length) {
    tell(`port ${port.number}, ${where}`, { given, longest: found.maxRequestAccessDuration });
    return { port, raw: raw as Raw };
  }
  return { port, known: { port, sources: known, longestMs }, raw: raw as Raw };
}

function recordsIn(raw: unknown, policy: ArmId, tell: Tell): readonly PolicyRecord[] {
  const request = read(requestWire, raw, `a request of ${policy}`, tell);
  if (!request) return [];
  const { startTimeUtc: start, justification } = request;
  return request.virtualMachines.flatMap((one) => {
    const machine = read(machineWire, one, `a machine in a request of ${policy}`, tell);
    if (!machine) return [];
    return machine.ports.flatMap((port): readonly PolicyRecord[] => {
      // NB. Without an end nobody can tell for how long it counts: it counts for nothing, and the groups show what is open.
      const access = read(accessWire, port, `a port in a request of ${policy}`, tell);
      if (!access) return [];
      const { number, endTimeUtc: end, status } = access;
      const from = sourcesOf(access).flatMap((source) => parseSource(source) ?? []);
      const words = { status: status ?? '', justification: justification ?? '', request: raw as Raw };
      return [{ machine: machine.id, number, sources: from, start, end, ...words }];
    });
  });
}

/** One value comes in the singular form, several in the plural; either may be there and empty. */
function sourcesOf({
  allowedSourceAddressPrefix: one,
  allowedSourceAddressPrefixes: many,
}: {
  readonly allowedSourceAddressPrefix?: string | null | undefined;
  readonly allowedSourceAddressPrefixes?: readonly string[] | null | undefined;
}): readonly string[] {
  return [...new Set([...(one ? [one] : []), ...(many ?? [])])];
}

/** One that is for all protocols (the portal's default) is asked for as TCP: it has one number, one rule and one record. */
function portOf({
  number,
  protocol,
}: {
  readonly number: number;
  readonly protocol?: string | null | undefined;
}): Port {
  return { number, protocol: protocol?.toUpperCase() === 'UDP' ? 'udp' : 'tcp' };
}

function read<T>(schema: z.ZodType<T>, said: unknown, what: string, tell: Tell): T | undefined {
  const { success, data, error } = schema.safeParse(said);
  if (success) return data;
  tell(what, { issues: error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) });
  return undefined;
}

/** An ISO 8601 duration of days, hours, minutes and seconds in milliseconds; undefined when it is none. */
export function durationMs(said: string): number | undefined {
  const match = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i.exec(said);
  if (!match) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((digits) => Number(digits ?? 0));
  return (days * 24 + hours) * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
}
