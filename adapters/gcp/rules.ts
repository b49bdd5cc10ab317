import { createHash } from 'node:crypto';
import { type MachineId, parseMachineId } from '../../src/core/machine/machine.ts';
import type { Port } from '../../src/core/rule/port.ts';
import type { MarkedRule, Placement, Rule } from '../../src/core/rule/rule.ts';
import { familyOf, parseSource } from '../../src/core/rule/source.ts';
import type { Allowed } from '../../src/kit/call.ts';
import type { Opening } from '../../src/ports/cloud.ts';
import type { Gcp } from './context.ts';
import { isGone, isReason } from './errors.ts';
import { type GcpNic, lastOf } from './machines.ts';

/** A VPC firewall rule, as the API gives it. */
export interface VpcRule {
  readonly name: string;
  readonly description?: string;
  readonly network?: string;
  readonly direction?: string;
  readonly priority?: number;
  readonly allowed?: readonly Layer4[];
  readonly denied?: readonly Layer4[];
  readonly sourceRanges?: readonly string[];
  readonly destinationRanges?: readonly string[];
  readonly sourceTags?: readonly string[];
  readonly targetTags?: readonly string[];
  readonly sourceServiceAccounts?: readonly string[];
  readonly targetServiceAccounts?: readonly string[];
  readonly disabled?: boolean;
}

export interface Layer4 {
  readonly IPProtocol?: string;
  readonly ports?: readonly string[];
}

export const BACKEND = 'vpcFirewall';

/** Rules of leases, and rules that only record what is protected. */
export type LeaseOrRecord = 'l' | 'p';

export function prefixOf(installation: string, kind: LeaseOrRecord | '' = ''): string {
  return `db-${installation}-${kind}`;
}

/** A name is unique in its project, at most 63 characters, and never changes: it is the rule's identity. */
export function nameOf(installation: string, kind: LeaseOrRecord, parts: readonly unknown[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
  return `${prefixOf(installation, kind)}${digest}`;
}

/** `project/network/address`: what a placement is at. */
function atOf({ project, network }: GcpNic, address: string): string {
  return `${project}/${network}/${address}`;
}

/** Where a rule goes: to the address of its family on the machine's first interface that has one. */
export function placementOn(
  gcp: Pick<Gcp, 'installation'>,
  nics: readonly GcpNic[],
  rule: Rule,
): Placement | undefined {
  const family = familyOf(rule.source);
  const nic = nics.find((one) => one[family] !== undefined);
  const address = nic?.[family];
  return nic && address !== undefined ? placementAt(gcp, atOf(nic, address), rule) : undefined;
}

function placementAt({ installation }: Pick<Gcp, 'installation'>, at: string, rule: Rule): Placement {
  const { machine, port, source } = rule;
  const id = nameOf(installation, 'l', [at, machine, port.protocol, port.number, source]);
  return { rule, backend: BACKEND, at, id, locks: [`gcp:${at}`] };
}

/** The name in the cloud: closing needs nothing but this. */
export function spotOf(gcp: Pick<Gcp, 'installation'>, { id, at, rule }: Placement) {
  const [project = '', network = '', address = ''] = at.split('/');
  return { project, network, address, name: id ?? placementAt(gcp, at, rule).id ?? '' };
}

const single = (address: string) => `${address}/${address.includes(':') ? 128 : 32}`;

/** The whole rule that an opening wants. Only `description` changes in its life. */
export function bodyFor(gcp: Gcp, { placement, until, note }: Opening) {
  const { name, network, project, address } = spotOf(gcp, placement);
  const { machine, port, source } = placement.rule;
  const who = [note, ...(note.others ?? [])].map(({ request }) => request).join(' ');
  return {
    name,
    description: `drawbridge/1 ${machine} ${gcp.marks.sign(placement, until)} until=${new Date(until).toISOString()} for=${who.slice(0, 500)}`,
    network: `projects/${project}/global/networks/${network}`,
    direction: 'INGRESS',
    priority: gcp.settings.priority,
    allowed: [{ IPProtocol: port.protocol, ports: [String(port.number)] }],
    // Without a source the API makes it one for everybody; a placement always has one.
    sourceRanges: [source],
    destinationRanges: [single(address)],
    disabled: false,
  };
}

/** Is what is there, but for its words, what is wanted? */
export function isAlike(found: VpcRule, body: ReturnType<typeof bodyFor>): boolean {
  const core = (rule: VpcRule) =>
    JSON.stringify([
      lastOf(rule.network ?? ''),
      rule.direction,
      rule.priority,
      (rule.allowed ?? []).map(({ IPProtocol, ports = [] }) => [IPProtocol, ports]),
      (rule.denied ?? []).length,
      (rule.sourceRanges ?? []).map((one) => parseSource(one) ?? one),
      (rule.destinationRanges ?? []).map((one) => parseSource(one) ?? one),
      ...[rule.sourceTags, rule.targetTags, rule.sourceServiceAccounts, rule.targetServiceAccounts].map(
        (list) => (list ?? []).length,
      ),
    ]);
  return core(found) === core(body);
}

/** A rule under a name of ours, with what its mark says for exactly what it opens. What was edited by hand has no valid mark. */
export function foundRule(gcp: Gcp, project: string, rule: VpcRule, fallback: MachineId): MarkedRule {
  const { description = '', disabled = false, priority } = rule;
  const [, word = ''] = description.split(' ');
  const machine = parseMachineId(word) ?? fallback;
  const [range = '', ...moreTargets] = rule.destinationRanges ?? [];
  const [source = '0.0.0.0/0', ...moreSources] = rule.sourceRanges ?? [];
  const [layer, ...moreLayers] = rule.allowed ?? [];
  const [number = '0', ...morePorts] = layer?.ports ?? [];
  const at = `${project}/${lastOf(rule.network ?? '')}/${range.split('/')[0]}`;
  const port: Port = { number: Number.parseInt(number, 10), protocol: layer?.IPProtocol === 'udp' ? 'udp' : 'tcp' };
  const made = placementAt(gcp, at, { machine, port, source: parseSource(source) ?? source });
  const others = [rule.sourceTags, rule.targetTags, rule.sourceServiceAccounts, rule.targetServiceAccounts];
  const isOdd =
    rule.name !== made.id ||
    [moreTargets, moreSources, moreLayers, morePorts, ...others].some((list) => (list ?? []).length > 0) ||
    disabled ||
    priority !== gcp.settings.priority;
  const placement = { ...made, id: rule.name };
  if (!/\bdb1\./.test(description)) return { placement, mark: 'missing' };
  const { valid, until } = gcp.marks.verify(description, placement);
  if (isOdd || !valid || until === undefined) return { placement, mark: 'wrong' };
  const requests = (/ for=(.+)$/.exec(description)?.[1] ?? '').split(' ').filter((one) => one !== '');
  return { placement, mark: 'valid', until, ...(requests.length > 0 ? { requests } : {}) };
}

/** One rule by its name; undefined when it is not there. */
export async function readRule(
  gcp: Gcp,
  project: string,
  name: string,
  signal: AbortSignal,
): Promise<VpcRule | undefined> {
  try {
    const path = `/projects/${project}/global/firewalls/${name}`;
    return await gcp.client.get<VpcRule>({ path, kind: 'firewall' }, signal);
  } catch (error) {
    if (isGone(error, `/global/firewalls/${name}`)) return undefined;
    throw error;
  }
}

interface RulePage {
  readonly items?: readonly VpcRule[];
  readonly nextPageToken?: string;
}

/** Rules of one project whose names begin so, and go on as ours do. */
export async function readRules(
  gcp: Gcp,
  project: string,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly VpcRule[]> {
  // The filter also takes those of an installation whose name goes on: `prod` and `prod-lab`.
  const all = await Array.fromAsync(rulesIn(gcp, project, { filter: `name eq ${prefix}.*` }, signal));
  return all.filter(({ name }) => /^[0-9a-f]{24}$/.test(name.slice(prefix.length)));
}

/** Is there any rule in a network? */
export async function hasRules(
  gcp: Gcp,
  { project, network: name }: Pick<GcpNic, 'project' | 'network'>,
  signal: AbortSignal,
): Promise<boolean> {
  for await (const { network = '' } of rulesIn(gcp, project, {}, signal)) if (lastOf(network) === name) return true;
  return false;
}

async function* rulesIn(
  gcp: Gcp,
  project: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<VpcRule> {
  const path = `/projects/${project}/global/firewalls`;
  const wanted = { path, kind: 'firewallList', query: { ...query, maxResults: '500' } };
  for await (const { items = [] } of gcp.client.pages<RulePage>(wanted, signal)) yield* items;
}

/** Inserts a rule. False when its name is taken: whoever wanted it reads again. */
export async function insertRule(gcp: Gcp, project: string, body: object, allowed: Allowed): Promise<boolean> {
  try {
    await gcp.client.change({ project, method: 'POST', path: 'firewalls', body }, allowed);
    return true;
  } catch (error) {
    if (isReason(error, 'alreadyExists')) return false;
    throw error;
  }
}

export function patchRule(
  gcp: Gcp,
  { project, name }: { readonly project: string; readonly name: string },
  body: object,
  allowed: Allowed,
): Promise<void> {
  return gcp.client.change({ project, method: 'PATCH', path: `firewalls/${name}`, body }, allowed);
}

/** True when it was there. Absent is success. */
export async function deleteRule(gcp: Gcp, project: string, name: string, allowed: Allowed): Promise<boolean> {
  try {
    await gcp.client.change({ project, method: 'DELETE', path: `firewalls/${name}` }, allowed);
    return true;
  } catch (error) {
    if (isGone(error, `/global/firewalls/${name}`)) return false;
    throw error;
  }
}
