import { z } from 'zod';
import { isZone } from '../core/language/day.ts';
import { parseDuration } from '../core/language/duration.ts';
import { ATTRIBUTES } from '../core/people/attribute.ts';
import type { Subject } from '../core/people/person.ts';
import type { Approver } from '../core/policy/stage.ts';
import { parsePort } from '../core/rule/port.ts';
import { isGroup, parseSource, twoReadings } from '../core/rule/source.ts';
import { faultsOf } from './fault.ts';
import { formOf } from './secret-reference.ts';

/** The kinds of value that drawbridge.yaml holds. Each says in words what it wants. */

/** The right values of a kind of setting, in this file as it was written: to name the nearest. */
export const names = z.registry<{ readonly among: (raw: unknown) => readonly string[] }>();

export function namesOf(schema: z.ZodType, raw: unknown): readonly string[] {
  return names.get(schema)?.among(raw) ?? [];
}

/** The names that a section of the file gives. */
function namesIn(raw: unknown, section: 'groups' | 'people'): readonly string[] {
  const part = (raw as Readonly<Record<string, unknown>> | undefined)?.[section];
  if (typeof part !== 'object' || part === null) return [];
  if (!Array.isArray(part)) return Object.keys(part);
  return part.flatMap((one: { readonly id?: unknown } | null) => (typeof one?.id === 'string' ? [one.id] : []));
}

function subjectsIn(raw: unknown): readonly string[] {
  return [
    'manager',
    'managersManager',
    ...namesIn(raw, 'groups').map((group) => `group:${group}`),
    ...namesIn(raw, 'people').map((id) => `person:${id}`),
  ];
}

/** Who may be in a group. */
export function membersIn(raw: unknown): readonly string[] {
  return [...namesIn(raw, 'people'), ...namesIn(raw, 'groups').map((group) => `group:${group}`)];
}

/** Which settings lead somewhere else. A setting that is described anew still is one. */
export const references = z.registry<{ readonly to: 'secret' | 'file'; readonly isLive?: boolean }>();

export const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be at most 40 lowercase letters, digits, and dashes');

/** The same words for text that is wrong and for what is no text. */
function expected(words: string) {
  return { error: ({ input }: { readonly input?: unknown }) => (input === undefined ? 'is missing' : words) };
}

/** The same where something of another kind stands; other faults of it keep their own words. */
export function shaped(words: string) {
  return {
    error: ({ code, input }: { readonly code?: string; readonly input?: unknown }) =>
      code === 'invalid_type' && input !== undefined ? words : undefined,
  };
}

/** `45m`, `2h`: into milliseconds. */
const A_DURATION = 'must be a duration such as 45m, 2h, or 1h30m';
export const duration = z.string(expected(A_DURATION)).transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: A_DURATION });
  return z.NEVER;
});

const A_SOURCE = 'must be an IP address such as 203.0.113.7, or a CIDR prefix such as 203.0.113.0/24';

/** Why it is no address or prefix, or more than one; undefined where it is one. */
export function sourceFault(text: string): string | undefined {
  const either = twoReadings(text);
  if (either)
    return `${text.trim()} can be read in two ways: write ${either.address} for one address, or ${either.network}`;
  if (parseSource(text) !== undefined) return undefined;
  const [, first = '', length = ''] = /^(.+)\/(\d+)$/.exec(text.trim()) ?? [];
  const most = first.includes(':') ? 128 : 32;
  return parseSource(first) !== undefined && Number(length) > most
    ? `must have a length of at most /${most}, as in ${first}/${most}`
    : A_SOURCE;
}

/** An address or prefix: into its canonical form. */
export const source = sourceOr(() => false);

const LOOPBACK = new Set(['127.0.0.1', '127.0.0.0/8', '::1']);

/** The same of a proxy, which often runs beside Drawbridge. */
export const proxy = sourceOr((text) => LOOPBACK.has(text));

function sourceOr(isTaken: (text: string) => boolean) {
  return z.string().transform((text, context) => {
    if (isTaken(text)) return text;
    const message = sourceFault(text);
    const canonical = parseSource(text);
    if (message === undefined && canonical !== undefined) return canonical;
    context.addIssue({ code: 'custom', message: message ?? A_SOURCE });
    return z.NEVER;
  });
}

/** What a name of a source stands for. */
const prefixes = z
  .array(source, 'must be a list of addresses or CIDR prefixes such as [203.0.113.0/24], or {aws: sg-…}')
  .min(1, 'must list at least one address or prefix');

const GROUP_ID = 'must be the ID of a security group such as sg-0123456789abcdef0';
const securityGroup = z.strictObject({ aws: z.string(GROUP_ID).refine(isGroup, GROUP_ID) });

/** The same: prefixes, or one security group, as sources. Each form has its own words for what is wrong. */
export const named = z.unknown().transform((given, context): readonly string[] => {
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  const read = (isObject ? securityGroup.transform(({ aws }) => [aws]) : prefixes).safeParse(given);
  if (read.success) return read.data;
  for (const { path, message } of faultsOf(read.error.issues))
    context.addIssue({ code: 'custom', path: [...path], message });
  return z.NEVER;
});

/** `22`, `ssh`, `53/udp`, `winrm` (two ports). */
export const ports = z
  .array(
    z
      .union([z.string(), z.number()], 'must be a port such as 22, ssh, rdp, winrm, or 53/udp')
      .register(names, { among: () => ['ssh', 'rdp', 'winrm'] }),
    shaped('must be a list of ports such as [ssh, 8443]'),
  )
  .min(1, 'must name at least one port')
  .transform((words, context) =>
    words.flatMap((word, i) => {
      const found = parsePort(String(word));
      if (found) return found;
      context.addIssue({ code: 'custom', path: [i], message: 'must be a port such as 22, ssh, rdp, winrm, or 53/udp' });
      return [];
    }),
  );

/** `09:00`: into the minute of the day. */
export const timeOfDay = z
  .string(expected('must be a time such as "09:00"'))
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as "09:00"')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

/** The same for an end: `24:00` is that of the day. */
export const endOfHours = z
  .string(expected('must be a time such as "20:00"'))
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time such as "20:00", "24:00" at the latest')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

export const zone = z
  .string()
  .refine(isZone, 'must be a time zone such as Europe/Berlin')
  .register(names, { among: () => Intl.supportedValuesOf('timeZone') });

const A_SUBJECT = new RegExp(
  [
    '^(?:manager|managersManager',
    // An id of the file, of Entra, or of Slack.
    'person:(?:[a-z0-9][a-z0-9-]{0,39}|[UW][A-Z0-9]{6,20})',
    'group:[a-z0-9][a-z0-9-]{0,39}',
    'entra:[^\\s:][^:]{0,255}',
    'slack:(?:@[a-z0-9._-]{1,80}|S[A-Z0-9]{6,20})',
    'idc:[^\\s:][^:]{0,255}',
    `(?:${ATTRIBUTES.join('|')}):\\S.{0,199})$`,
  ].join('|'),
);

const WHO =
  'must be person:<id>, group:<name>, entra:<group>, slack:<group>, idc:<group>, or an attribute such as department:<name>';
const A_SUBJECT_TEXT =
  'must be person:<id>, group:<name>, entra:<group>, slack:<group>, idc:<group>, an attribute such as department:<name>, manager, or managersManager';

function isSubject(text: unknown): text is string {
  return typeof text === 'string' && A_SUBJECT.test(text);
}

/** What people write for somebody, with what they should: an e-mail address, curly quotes, a prefix written otherwise. */
function orSaid(words: string) {
  return { error: ({ input }: { readonly input?: unknown }) => subjectText(input, words) };
}

function subjectText(input: unknown, words: string): string {
  if (typeof input !== 'string') return words;
  if (/^[“”„‘’«»]/.test(input)) return `${words}; the quotes are curly: use "…"`;
  if (/^[^:@\s]+@[^:@\s]+$/.test(input))
    return `${words}; an e-mail address is no ID: write person:<id>, with the ID from people, or from the directory`;
  const [, kind = '', name = ''] = /^([A-Za-z]+):\s*(.+)$/.exec(input) ?? [];
  const meant = `${/^(?:aad|ad|azure|azuread|entraid)$/i.test(kind) ? 'entra' : (KINDS.find((one) => one.toLowerCase() === kind.toLowerCase()) ?? kind)}:${name}`;
  return isSubject(meant) && meant !== input ? `${words}; did you mean ${meant}?` : words;
}

const KINDS: readonly string[] = ['person', 'group', 'entra', 'slack', 'idc', ...ATTRIBUTES];

export const subject = z.custom<Subject>(isSubject, orSaid(A_SUBJECT_TEXT)).register(names, { among: subjectsIn });

/** The same of whoever asks: a manager is one only to somebody else, which is said where it is one. */
export const somebody = z.custom<Subject>(isSubject, orSaid(WHO)).register(names, { among: subjectsIn });

/** A subject, the owner that a tag names, or who is on call by a schedule. */
export const approver = z
  .custom<Approver>(
    (text) => isSubject(text) || (typeof text === 'string' && /^(?:owner|onCall):\S{1,60}$/.test(text)),
    orSaid(
      'must be manager, managersManager, person:<id>, group:<name>, entra:<group>, slack:<group>, idc:<group>, owner:<tag>, or onCall:<schedule>',
    ),
  )
  .register(names, { among: subjectsIn });

/** A secret is never written in the file: it is in the environment, a file, Azure Key Vault, or AWS Secrets Manager. */
export const secret = z
  .string()
  .regex(
    formOf('env', 'file', 'keyVault', 'secretsManager'),
    'must be env:NAME, file:/path, or a secret of Key Vault or Secrets Manager (docs/secrets.md); secrets do not belong in this file',
  )
  .register(references, { to: 'secret' });

/** The same of one that may be rotated while the program runs: its newest value is the one that is used. */
export const liveSecret = secret.meta({}).register(references, { to: 'secret', isLive: true });

/** What Azure is signed in to with, Key Vault too, is not in there. */
export const azureSecret = z
  .string()
  .regex(
    formOf('env', 'file', 'secretsManager'),
    'must be env:NAME, file:/path, or secretsManager:<ARN>: Key Vault is signed in to with it; secrets do not belong in this file',
  )
  .register(references, { to: 'secret' });

/** What AWS is signed in to with is in no store. */
export const awsSecret = z
  .string()
  .regex(
    formOf('env', 'file'),
    'must be env:NAME or file:/path: Secrets Manager is signed in to with it; secrets do not belong in this file',
  )
  .register(references, { to: 'secret' });

/** The path of a file that must be there. */
export const file = z.string().min(1).register(references, { to: 'file' });

export const url = z.url({ protocol: /^(?:https?|rediss?|unix)$/, error: 'must be a URL' });

/** "Creating and managing projects". */
export const projectId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be the ID of a project, such as my-project-123');

export const uuid = z
  .string()
  .regex(
    /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
    'must be an ID such as 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d',
  );
