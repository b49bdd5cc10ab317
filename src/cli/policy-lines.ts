import type { PolicyDocument } from '../ports/role-maker.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a policy document allows and denies: one line for each action and each thing, in no order, the same for what means the same. */
export function policyLines(document: PolicyDocument, externalId: string): readonly string[] {
  return listOf(document.Statement).flatMap((statement) => statementLines(statement as Json, externalId));
}

function statementLines(statement: Json, externalId: string): readonly string[] {
  const { Sid: _, Effect, Action, Resource, Principal, Condition, ...rest } = statement;
  const isKnown = Object.keys(rest).length === 0 && Action !== undefined;
  // NotAction and the like mean more than they name: the whole statement is shown.
  if (!isKnown) return [canonical(statement, externalId)];
  const condition = Condition === undefined ? '' : ` if ${canonical(Condition, externalId)}`;
  const whom = Principal === undefined ? listOf(Resource).map((one) => `on ${one}`) : principalsOf(Principal);
  return listOf(Action).flatMap((action) => whom.map((one) => `${Effect} ${action} ${one}${condition}`));
}

/** A single value is the same as a list of it ("IAM JSON policy elements reference"). */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function principalsOf(principal: unknown): readonly string[] {
  if (typeof principal !== 'object' || principal === null) return [`by ${principal}`];
  return Object.entries(principal).flatMap(([kind, names]) => listOf(names).map((name) => `by ${kind} ${name}`));
}

/** JSON with its keys in order. An external ID is told apart, and not shown. */
function canonical(value: unknown, externalId: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value))
    return `[${value
      .map((one) => canonical(one, externalId))
      .toSorted()
      .join(',')}]`;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const said = (key: string, one: unknown) => {
    const values = Array.isArray(one) || typeof one === 'object' ? one : [one];
    if (key.toLowerCase() !== 'sts:externalid') return canonical(values, externalId);
    return listOf(one).length === 1 && listOf(one)[0] === externalId
      ? '"(that of drawbridge.yaml)"'
      : '"(another one)"';
  };
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${said(key, one)}`).join(',')}}`;
}
