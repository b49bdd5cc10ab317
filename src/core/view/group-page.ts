import { commas, headed, say } from '../language/say.ts';
import type { Line } from '../language/text.ts';
import { whereText } from './brief.ts';
import { type GroupMembers, groupView, type Member } from './group.ts';
import type { Report, Row, Section } from './report.ts';
import type { Verb } from './view.ts';
import { capitalised, lowered, namesAmong } from './words.ts';

/** Chats show some sections of a list only. */
const MOST_SECTIONS = 8;
/** What is typed with an id alone. */
const PLAIN: ReadonlySet<Verb> = new Set(['approve', 'withdraw', 'revoke', 'extend', 'accept', 'decline', 'again']);
/** What wants words behind it, and which. */
const WORDS: Readonly<Partial<Record<Verb, string>>> = {
  deny: 'because <reason>',
  less: '<what you would approve>',
  ask: '<question>',
  answer: '<words>',
};

/** The single requests of a group, each with what its reader may do with it alone. */
export function groupPage(members: GroupMembers): Report {
  const { title } = groupView(members);
  const name = namesAmong(members.map(({ request }) => request));
  if (members.length > MOST_SECTIONS)
    return { title, sections: [{ heading: '', rows: members.map((one) => headRow(one, name(one.request))) }] };
  return { title, sections: members.map((one) => sectionOf(one, name(one.request))) };
}

/** Of very many, each has what leads to it. */
function headRow({ request, view }: Member, name: string): Row {
  const line: Line = [`${name} (\`${request.id}\`): `, ...lowered(view.status), '.'];
  return { line, button: { label: 'Show', command: `show ${request.id}` } };
}

function sectionOf({ request, view }: Member, name: string): Section {
  const { id } = request;
  const terms = view.brief.slice(0, -1).map((line): Row => ({ line }));
  const plain = view.buttons.filter(({ verb }) => PLAIN.has(verb));
  const typed = view.buttons.flatMap(({ verb }) => {
    const words = WORDS[verb];
    return words === undefined ? [] : [`\`/jit ${verb === 'less' ? 'approve' : verb} ${id} ${words}\``];
  });
  return {
    heading: say`${name}`,
    rows: [
      { line: [say`${capitalised(view.status)}.`], button: { label: 'Show', command: `show ${id}` } },
      ...terms,
      { line: [say`Request \`${id}\`; ${whereText(request, 'whole')}.`] },
      ...view.people.map((line): Row => ({ line: [say`${line}.`] })),
      ...plain.map(({ verb, label }): Row => {
        const line: Line = [say`${headed(label)}: this one alone.`];
        return { line, button: { label, command: `${verb} ${id}` } };
      }),
      ...(typed.length > 0 ? [{ line: [say`To decide it in words: ${commas(typed)}`] }] : []),
    ],
  };
}
