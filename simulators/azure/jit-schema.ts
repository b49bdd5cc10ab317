import { z } from 'zod';
import { badRequest } from './errors.ts';
import type { JitPort } from './model.ts';
import { network, words } from './rule-schema.ts';

const port = z.int().min(0).max(65535);
const instant = z.iso.datetime({ offset: true });

const policyPort = z.object({
  number: port,
  protocol: words(['TCP', 'UDP', '*']),
  allowedSourceAddressPrefix: z.string().optional(),
  allowedSourceAddressPrefixes: z.array(z.string()).min(1).optional(),
  maxRequestAccessDuration: z.string(),
  appendMode: z.boolean().optional(),
});

/** A record that the caller echoes: read by the service, never believed beyond which ones it names. */
const record = z.strictObject({
  virtualMachines: z.array(
    z.strictObject({
      id: z.string(),
      ports: z.array(
        z.strictObject({
          number: port,
          allowedSourceAddressPrefix: z.string().optional(),
          allowedSourceAddressPrefixes: z.array(z.string()).optional(),
          endTimeUtc: instant,
          status: z.string(),
          statusReason: z.string(),
          mappedPort: z.int().optional(),
        }),
      ),
    }),
  ),
  startTimeUtc: instant,
  requestor: z.string(),
  justification: z.string().optional(),
});

/** Body of `JitNetworkAccessPolicies_CreateOrUpdate`. */
export const policyBody = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  type: z.string().optional(),
  location: z.string().optional(),
  kind: z.literal('Basic').optional(),
  properties: z.object({
    virtualMachines: z.array(
      z.object({
        id: z.string(),
        ports: z.array(policyPort),
        publicIpAddress: z.string().optional(),
        appendMode: z.boolean().optional(),
      }),
    ),
    appendMode: z.boolean().optional(),
    requests: z.array(record).optional(),
    provisioningState: z.string().optional(),
  }),
});

/**
 * Body of `JitNetworkAccessPolicies_Initiate`. The specification has `endTimeUtc` and one source; its own example
 * sends `duration`, and the portal `duration` with a list of sources, so both forms are taken.
 */
export const initiateBody = z.strictObject({
  virtualMachines: z
    .array(
      z.strictObject({
        id: z.string(),
        ports: z
          .array(
            z.strictObject({
              number: port,
              endTimeUtc: instant.optional(),
              duration: z.string().optional(),
              allowedSourceAddressPrefix: z.string().optional(),
              allowedSourceAddressPrefixes: z.array(z.string()).min(1).optional(),
            }),
          )
          .min(1),
      }),
    )
    .min(1),
  justification: z.string().optional(),
});

export type PolicyBody = z.infer<typeof policyBody>;
export type InitiateBody = z.infer<typeof initiateBody>;

const MINUTE_MS = 60_000;
const SHORTEST_MS = 5 * MINUTE_MS;
const LONGEST_MS = 24 * 60 * MINUTE_MS;

/** An ISO 8601 duration of days, hours, minutes and seconds, in ms. */
export function durationMs(text: string): number {
  const parts = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (!parts) throw badRequest(`The value '${text}' is not an ISO 8601 duration.`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** Checks one source: any, an address, or a prefix. Service tags are not sources of a request. */
export function checkSource(text: string): void {
  if (text !== '*' && !network(text)) {
    throw badRequest(`The source address prefix '${text}' is neither an IP address nor a CIDR.`);
  }
}

/** Checks the ports of one machine in a policy. */
export function checkPorts(ports: readonly JitPort[]): void {
  if (ports.length === 0) throw badRequest('A virtual machine in the policy must have at least one port.');
  if (new Set(ports.map((p) => p.number)).size < ports.length) {
    throw badRequest('A virtual machine in the policy has the same port number more than once.');
  }
  for (const p of ports) {
    if ((p.allowedSourceAddressPrefix === undefined) === (p.allowedSourceAddressPrefixes === undefined)) {
      const message =
        'Exactly one of allowedSourceAddressPrefix and allowedSourceAddressPrefixes must be given for a port.';
      throw badRequest(message);
    }
    for (const source of allowedSources(p)) checkSource(source);
    const longest = durationMs(p.maxRequestAccessDuration);
    if (longest < SHORTEST_MS || longest > LONGEST_MS) {
      const message = `maxRequestAccessDuration '${p.maxRequestAccessDuration}' must be between 5 minutes and 1 day.`;
      throw badRequest(message);
    }
  }
}

function allowedSources(p: JitPort): readonly string[] {
  return p.allowedSourceAddressPrefixes ?? [p.allowedSourceAddressPrefix ?? ''];
}

/** Whether the policy's port lets this source be asked for. */
export function allows(p: JitPort, source: string): boolean {
  const wanted = network(source);
  return allowedSources(p).some((text) => {
    if (text === '*') return true;
    const allowed = network(text);
    if (!wanted || !allowed || wanted[0].kind() !== allowed[0].kind()) return false;
    return wanted[1] >= allowed[1] && wanted[0].match(allowed[0], allowed[1]);
  });
}
