import { groups, types } from './card-schema.ts';
import { isJson, type Json } from './http.ts';

/** The newest version that Teams renders for cards sent by bots. */
const NEWEST = 1.5;
/** Most user ids in `refresh.userIds` (Teams, "Universal Actions"). */
const REFRESH_USERS = 60;

const words = new Map<string, readonly string[]>();

/** The words of a rule like `left|center|right`, in lower case: the schema takes them in any case. */
function wordsOf(rule: string): readonly string[] {
  const known = words.get(rule) ?? rule.toLowerCase().split('|');
  words.set(rule, known);
  return known;
}

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && (URL.canParse(value) || URL.canParse(value, 'https://example.com'));
}

/** What is wrong with `value` under one rule of the schema; nothing when it fits. */
function check(value: unknown, rule: string, path: string): string[] {
  const alternatives = rule.split(' or ');
  if (alternatives.length > 1 && !rule.startsWith('[')) {
    const results = alternatives.map((one) => check(value, one, path));
    return results.some((problems) => problems.length === 0)
      ? []
      : (results.find((r) => isDeeper(r, path)) ?? results.flat());
  }
  if (rule.startsWith('[')) {
    if (!Array.isArray(value)) return [`${path}: a list is expected`];
    return value.flatMap((item, index) => check(item, rule.slice(1, -1), `${path}[${index}]`));
  }
  if (rule === 'url') return isUrl(value) ? [] : [`${path}: a URL is expected`];
  if (rule === 'object') return isJson(value) ? [] : [`${path}: an object is expected`];
  if (['string', 'number', 'boolean'].includes(rule))
    return typeof value === rule ? [] : [`${path}: a ${rule} is expected`];
  if (rule.startsWith('#')) return checkGroup(value, rule.slice(1), path);
  if (types[rule]) return checkType(value, rule, path);
  const allowed = wordsOf(rule);
  return typeof value === 'string' && allowed.includes(value.toLowerCase()) ? [] : [`${path}: not one of ${rule}`];
}

/** Whether the problems lie inside the value, so that this alternative was meant and the others only add noise. */
const isDeeper = (problems: readonly string[], path: string) => problems.every((text) => !text.startsWith(`${path}: `));

function checkGroup(value: unknown, group: string, path: string): string[] {
  if (!isJson(value)) return [`${path}: an object is expected`];
  const type = `${value.type}`;
  if (!groups[group]?.includes(type)) return [`${path}: type '${type}' is not an ${group} of Adaptive Cards 1.5`];
  return checkType(value, type, path);
}

function checkType(value: unknown, type: string, path: string): string[] {
  const rules = types[type] ?? {};
  if (!isJson(value)) return [`${path}: an object is expected`];
  if (value.type !== undefined && value.type !== type) return [`${path}: type '${value.type}' instead of '${type}'`];
  const problems = Object.entries(value)
    .filter(([name]) => name !== 'type')
    .flatMap(([name, held]) => {
      const rule = rules[name];
      if (rule === undefined) return [`${path}: '${type}' has no property '${name}'`];
      return check(held, rule.replace(/!$/, ''), `${path}.${name}`);
    });
  const missing = Object.entries(rules).filter(([name, rule]) => rule.endsWith('!') && value[name] === undefined);
  return [...problems, ...missing.map(([name]) => `${path}: '${type}' needs '${name}'`)];
}

/** Every `id` in the card but those in a `fallback`, which stands in for what it repeats. */
function idsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(idsOf);
  if (!isJson(value)) return [];
  const own = typeof value.id === 'string' && typeof value.type === 'string' ? [value.id] : [];
  const inner = Object.entries(value).filter(([name]) => !['fallback', 'data', 'msteams', 'refresh'].includes(name));
  return [...own, ...inner.flatMap(([, held]) => idsOf(held))];
}

function checkRefresh(card: Json): string[] {
  const users = isJson(card.refresh) && Array.isArray(card.refresh.userIds) ? card.refresh.userIds : [];
  const foreign = users.filter((id) => !`${id}`.startsWith('29:'));
  return [
    ...(users.length > REFRESH_USERS ? [`card.refresh.userIds: more than ${REFRESH_USERS} users`] : []),
    ...foreign.map((id) => `card.refresh.userIds: '${id}' is not a Teams user id (29:…)`),
  ];
}

/** Everything in the card, but for what stands in for something else. */
function partsOf(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(partsOf);
  if (!isJson(value)) return [];
  const inner = Object.entries(value).filter(([name]) => !['fallback', 'data', 'msteams', 'refresh'].includes(name));
  return [value, ...inner.flatMap(([, held]) => partsOf(held))];
}

/** What is hidden and no button shows, and what a button shows that is not there. */
function checkHidden(card: Json): string[] {
  const parts = partsOf(card);
  const targets = parts
    .flatMap(({ type, targetElements }) =>
      type === 'Action.ToggleVisibility' && Array.isArray(targetElements) ? targetElements : [],
    )
    .map((target) => (isJson(target) ? target.elementId : target));
  const hidden = parts.filter(({ isVisible, id }) => isVisible === false && !targets.includes(id));
  const missing = targets.filter((target) => !parts.some(({ id, type }) => id === target && type !== undefined));
  return [
    ...hidden.map(({ id }) => `card: no button shows the hidden '${id}'`),
    ...missing.map((id) => `card: a button shows '${id}', which is not there`),
  ];
}

/**
 * What is wrong with a card that a bot sends: unknown types and properties, missing or mistyped ones, a version that
 * Teams does not render, ids used twice, a refresh for too many. An empty list means a good card.
 */
export function checkCard(card: unknown): string[] {
  const problems = check(card, 'AdaptiveCard', 'card');
  if (!isJson(card)) return problems;
  if (card.type !== 'AdaptiveCard') problems.push("card: type must be 'AdaptiveCard'");
  if (!/^1\.\d$/.test(`${card.version}`)) problems.push('card.version: a version like 1.5 is expected');
  else if (Number(card.version) > NEWEST) problems.push(`card.version: Teams renders up to ${NEWEST}`);
  const ids = idsOf(card);
  const doubled = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [
    ...problems,
    ...[...doubled].map((id) => `card: the id '${id}' is used twice`),
    ...checkHidden(card),
    ...checkRefresh(card),
  ];
}
