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
  const found = labelsIn(whole);
  const fields = found.map(({ 0: said, 1: label = '', index }, i) =>
    fieldOf(wordOf(label), whole.slice(index + said.length, found[i + 1]?.index).replace(/[\s,;|]+$/, '')),
  );
  const [first] = fields;
  const isTemplate = first !== undefined && (/^(?:machine|ticket)$/.test(first.word) || fields.length > 2);
  if (!isTemplate || found[0]?.index !== 0) return undefined;
  if (!fields.some(({ word }) => word === 'machine')) return undefined;
  const of = (words: readonly string[]) => fields.filter(({ word }) => words.includes(word));
  const said = ['machine', 'port', 'for', 'until', 'at', 'from'].flatMap((word) =>
    of([word]).map(({ value }) => `${word} ${value}`),
  );
  said.push(...of(['']).map(({ value }) => value));
  // `Machine: web-1 22 because deploy`
  const whom = of(['user'])
    .filter(({ value }) => !NOBODY_ELSE.test(value))
    .map(({ value }) => `for "@${value.replace(/^@/, '')}"`);
  const parts = [...said, ...whom].map((text) => heard(text));
  const why = [
    ...of(['ticket']).map(({ value }) => value),
    ...parts.flatMap(({ reason = '' }) => (reason === '' ? [] : [reason])),
    ...of(['because']).map(({ value }) => value),
  ];
  return `request ${parts.map(({ head }) => head).join(' ')}${why.length === 0 ? '' : ` because ${why.join(' ')}`}`;
}

/** Whoever fills it in, and who is logged in on the machine. */
const NOBODY_ELSE = /^(?:me|myself|self|ich|selbst|mich|root|admin|administrator|ubuntu|ec2-user|azureuser|n\/a|-)$/i;

/** A label within the reason is one only where it is set apart as the reason itself is, is new, and holds one word. */
function labelsIn(whole: string): readonly RegExpExecArray[] {
  const found = [...whole.matchAll(LABEL)];
  const at = found.findIndex(({ 1: label = '' }) => wordOf(label) === 'because');
  const mark = (i: number) => markBefore(whole, found[i]?.index ?? 0);
  const own = found.slice(0, at + 1).map(({ 1: label = '' }) => wordOf(label));
  return found.filter(({ 0: said, 1: label = '', index }, i) => {
    if (at < 1 || i <= at) return true;
    const value = whole.slice(index + said.length, found[i + 1]?.index).replace(/[\s,;|]+$/, '');
    const word = wordOf(label);
    const isOne =
      word === 'from' ? /[\d/]|^(?:vpn|office|bastion|me|any)$/i.test(value) : /^\S+(?: \d\S*)*$/.test(value);
    return (
      (mark(i) === mark(at) && !own.includes(word) && isOne && !/^(?:machine|ticket)$/.test(word)) ||
      (word === 'ticket' && mark(i) === mark(at))
    );
  });
}

function markBefore(whole: string, index: number): string {
  const [behind = ''] = /^[\s,;|]*/.exec(whole.slice(index)) ?? [];
  const [before = ''] = /[,;|.!?]?\s*$/.exec(whole.slice(0, index)) ?? [];
  return `${before}${behind}`.trim();
}

/** What was filled in without the word that its label says already; a span of times says its own. */
function fieldOf(word: string, filled: string): { readonly word: string; readonly value: string } {
  if (word === 'for') {
    const [, end] = /^(?:until|till|bis) (.+)$/i.exec(filled) ?? [];
    if (end !== undefined) return { word: 'until', value: end };
    const value = filled.replace(/^(?:for|für) /i, '');
    return /^\d{1,2}[:.]\d\d|^\d{1,2}-\d{1,2}$|^\p{L}+ \d{1,2}(?:[:.]\d\d)? ?(?:-|–|bis|to|until)/iu.test(value)
      ? { word: '', value: value.replace(/ ?[-–] ?(?=\d)/, '-') }
      : { word, value };
  }
  if (word === 'at') return { word, value: filled.replace(/^(?:at|ab|from|um) /i, '') };
  if (word === 'until') return { word, value: filled.replace(/^(?:until|till|bis) /i, '') };
  return { word, value: filled };
}

function wordOf(label: string): string {
  return LABELS.find(([words]) => new RegExp(`^(?:${words})$`, 'i').test(label))?.[1] ?? '';
}
