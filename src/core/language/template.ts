import { heard } from './heard.ts';

/** What stands in front of what is filled in, in a template or a ticket, with the word of a command that says the same. */
const LABELS: readonly (readonly [label: string, word: string])[] = [
  ['machine|host|hostname|server|vm|instance|target|maschine|rechner|instanz|zielsystem|zielrechner|system', 'machine'],
  ['ports?', 'port'],
  ['duration|dauer|length|zeitraum|laufzeit', 'for'],
  ['until|end|ende|bis', 'until'],
  ['start|beginn|begin|ab', 'at'],
  ['source|source ip|quelle|from|von', 'from'],
  ['reason|grund|begründung|justification|zweck|purpose', 'because'],
  ['user|person|benutzer|benutzerin|requester|antragsteller|antragstellerin', 'user'],
  ['ticket|incident|case|jira|change', 'ticket'],
];
const LABEL = new RegExp(`(?:^|[\\s,;|])(${LABELS.map(([label]) => label).join('|')})\\s?[:=]\\s?(?=\\S)`, 'gi');

/** `Machine: web-1, Port: 22, Reason: deploy`, as out of a template: what is filled in, as it is requested, the reason last. Undefined where no machine or ticket stands first. */
export function ofTemplate(whole: string): string | undefined {
  const found = [...whole.matchAll(LABEL)];
  const fields = found.map(({ 0: said, 1: label = '', index }, i) => ({
    word: wordOf(label),
    value: whole.slice(index + said.length, found[i + 1]?.index).replace(/[\s,;|]+$/, ''),
  }));
  const [first] = fields;
  const isTemplate = first !== undefined && (/^(?:machine|ticket)$/.test(first.word) || fields.length > 2);
  if (!isTemplate || found[0]?.index !== 0) return undefined;
  if (!fields.some(({ word }) => word === 'machine')) return undefined;
  const of = (words: readonly string[]) => fields.filter(({ word }) => words.includes(word));
  const said = ['machine', 'port', 'for', 'until', 'at', 'from'].flatMap((word) =>
    of([word]).map(({ value }) => `${word} ${value}`),
  );
  // `Machine: web-1 22 because deploy`
  const whom = of(['user']).map(({ value }) => `for "@${value.replace(/^@/, '')}"`);
  const parts = [...said, ...whom].map((text) => heard(text));
  const why = [
    ...of(['ticket']).map(({ value }) => value),
    ...parts.flatMap(({ reason = '' }) => (reason === '' ? [] : [reason])),
    ...of(['because']).map(({ value }) => value),
  ];
  return `request ${parts.map(({ head }) => head).join(' ')}${why.length === 0 ? '' : ` because ${why.join(' ')}`}`;
}

function wordOf(label: string): string {
  return LABELS.find(([words]) => new RegExp(`^(?:${words})$`, 'i').test(label))?.[1] ?? '';
}
