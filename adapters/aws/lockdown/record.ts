import { createHash } from 'node:crypto';
import { z } from 'zod';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { ClosedRule } from '../../../src/core/machine/lockdown.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type { UndoRecord } from '../../../src/ports/undo.ts';
import { type AccountRegion, groupAt, groupRef } from '../ec2/ids.ts';
import { type Permission, permissionKey, permissionText } from './permission.ts';

const port = z.object({ number: z.number().int().min(1).max(65_535), protocol: z.enum(['tcp', 'udp']) });
const peer = z.object({
  kind: z.enum(['ipv4', 'ipv6', 'prefixList', 'group']),
  value: z.string(),
  account: z.string().optional(),
  peering: z.string().optional(),
});
const permission = z.object({
  protocol: z.string(),
  from: z.number().int().optional(),
  to: z.number().int().optional(),
  peer,
  description: z.string().optional(),
  tags: z.record(z.string(), z.string()),
});
const shared = { ports: z.array(port), machines: z.array(z.string()), group: z.string(), called: z.string() };
const was = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rule'), rule: permission, taken: z.array(z.string()).optional(), ...shared }),
  z.object({ kind: z.literal('copy'), instance: z.string(), ...shared }),
]);

/** What is kept of one rule that was closed, or of one group that a machine has a copy of. */
interface Shared {
  /** What was taken out. */
  readonly ports: readonly Port[];
  /** For whom. */
  readonly machines: readonly MachineId[];
  /** Id and name of the group that was there. */
  readonly group: string;
  readonly called: string;
}

export interface RuleRecord extends Shared {
  readonly kind: 'rule';
  readonly rule: Permission;
  /** Keys of what was left of it and had to go first, because its group had no room for the rule beside it. */
  readonly taken?: readonly string[] | undefined;
}

export interface CopyRecord extends Shared {
  readonly kind: 'copy';
  readonly instance: string;
}

/** Reads a record of ours. Throws `badUndo`, also where it tells of something else than its id does. */
export function readRecord(record: UndoRecord): RuleRecord | CopyRecord {
  const read = was.safeParse(record.was);
  if (!read.success) throw new JitError('badUndo', { file: record.id }, { cause: read.error });
  const kept = read.data as RuleRecord | CopyRecord;
  const isItself = record.id === idOf(record.at, kept) && groupRef(record.at).group === kept.group;
  if (!isItself) throw new JitError('badUndo', { file: record.id });
  return kept;
}

function idOf(at: string, kept: RuleRecord | CopyRecord): string {
  return kept.kind === 'rule' ? ruleRecordId(at, kept.rule) : copyRecordId(at, kept.instance);
}

/** What a record says was closed. Throws `badUndo`. */
export function closedIn(record: UndoRecord): ClosedRule {
  const kept = readRecord(record);
  const where = `security group ${kept.called} (${kept.group})`;
  const what = kept.kind === 'rule' ? `${permissionText(kept.rule)} in ${where}` : `${where}, replaced by a copy`;
  return { what, ports: kept.ports, machines: kept.machines };
}

export function recordOf(where: AccountRegion, kept: RuleRecord | CopyRecord): UndoRecord {
  const at = groupAt(where, kept.group);
  return { id: idOf(at, kept), cloud: 'aws', at, was: kept };
}

/** The same rule of the same group has one record, whoever closes more of it. */
export function ruleRecordId(at: string, rule: Permission): string {
  return digest(`${at}|${permissionKey(rule)}`);
}

export function copyRecordId(at: string, instance: string): string {
  return digest(`${at}|${instance}`);
}

function digest(text: string): string {
  return `aws-${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
}
