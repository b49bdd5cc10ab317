import type { Instant } from '../language/instant.ts';
import type { Machine } from '../machine/machine.ts';
import { isMeant, type Person, type Subject } from '../people/person.ts';
import type { Hurried } from './hurried.ts';

/** Whoever may decide: a subject, the owner that a tag of the machine names, or who is on call by a schedule. */
export type Approver = Subject | `owner:${string}` | `onCall:${string}`;

/** Decisions that are asked for together, before the next stage begins. */
export interface Stage {
  /** Each is taken by one approval, of somebody who is meant by one of its words. */
  readonly seats: readonly (readonly Approver[])[];
  /** After so long without enough approvals, `later` may approve as well. */
  readonly answerInMs?: number;
  readonly later?: readonly Approver[];
  /** More of the same, for other times. */
  readonly rungs?: readonly { readonly afterMs: number; readonly to: readonly Approver[] }[];
}

/** The stages of one policy, in their order. */
export interface Chain {
  readonly policy: string;
  readonly stages: readonly Stage[];
}

/** What gives words such as `manager` their meaning. */
export interface Circle {
  readonly requester: Person;
  /** Who asked in their place, by id. */
  readonly askedBy?: string;
  readonly tags: Machine['tags'];
  /** Ids of those who are on call, by schedule; none where nobody can tell. */
  readonly onCall: ReadonlyMap<string, readonly string[]>;
  readonly now: Instant;
  /** When rungs of its stages were asked before their time. */
  readonly hurried?: readonly Hurried[];
}

/** Everybody whom a stage names, at once or later. */
export function namedIn({ seats, later = [], rungs = [] }: Stage): readonly Approver[] {
  return [...new Set([...seats.flat(), ...later, ...rungs.flatMap(({ to }) => to)])];
}

/** Stages are the same when they ask for the same, however their words are ordered. */
export function stageKey({ seats, answerInMs, later, rungs }: Stage): string {
  const sorted = seats.map((words) => words.toSorted()).toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
  const ladder = rungs?.map(({ afterMs, to }) => [afterMs, to.toSorted()]);
  return JSON.stringify([sorted, answerInMs, later?.toSorted(), ...(ladder ? [ladder] : [])]);
}

/** Is the person one of these approvers? Nobody approves what they asked for. */
export function isOneOf(person: Person, approvers: readonly Approver[], circle: Circle): boolean {
  const { requester } = circle;
  if (isParty(circle, person.id) || person.disabled) return false;
  const subjects = approvers.flatMap((approver) => meaningOf(approver, circle));
  return isMeant(person, subjects, requester);
}

/** Whoever has it or asked for it decides nothing of it. */
export function isParty({ requester, askedBy }: Circle, id: string): boolean {
  return id === requester.id || id === askedBy || id === requester.owner;
}

/** The subjects that an approver stands for now: none where the tag is not there, or nobody is on call. */
export function meaningOf(approver: Approver, { tags, onCall }: Circle): readonly Subject[] {
  if (isOwner(approver)) return ownerOf(Object.hasOwn(tags, ownerTag(approver)) ? tags[ownerTag(approver)] : undefined);
  if (isOnCall(approver)) return (onCall.get(scheduleOf(approver)) ?? []).map((id) => `person:${id}` as const);
  return [approver];
}

/** A tag names a person by id, or a group as policies do. */
function ownerOf(value: string | undefined): readonly Subject[] {
  const text = value?.trim() ?? '';
  if (/^(?:person|group|entra|slack|idc):\S+$/.test(text)) return [text as Subject];
  return /^[^\s:]+$/.test(text) ? [`person:${text}`] : [];
}

export function isOwner(approver: Approver): approver is `owner:${string}` {
  return approver.startsWith('owner:');
}

export function isOnCall(approver: Approver): approver is `onCall:${string}` {
  return approver.startsWith('onCall:');
}

export function ownerTag(approver: `owner:${string}`): string {
  return approver.slice('owner:'.length);
}

export function scheduleOf(approver: `onCall:${string}`): string {
  return approver.slice('onCall:'.length);
}

/** `the manager, group security`; of all of several seats, `the manager and group security`. */
export function stageText({ seats }: Stage): string {
  const words = [...new Set(seats.map(approversText))];
  return words.join(' and ');
}

export function approversText(approvers: readonly Approver[]): string {
  return approvers.map(wordsOf).join(', ');
}

const SPOKEN: Readonly<Record<string, string>> = { manager: 'the manager', managersManager: 'the manager’s manager' };

function wordsOf(approver: Approver): string {
  if (isOwner(approver)) return `the owner (tag ${ownerTag(approver)})`;
  if (isOnCall(approver)) return `on call for ${scheduleOf(approver)}`;
  return (
    SPOKEN[approver] ??
    approver
      .replace(/^person:/, '')
      .replace(/^entra:/, 'Entra group ')
      .replace(/^slack:/, 'Slack group ')
      .replace(/^idc:/, 'Identity Center group ')
      .replace(':', ' ')
  );
}
