import { ANSWERS, type AnswerFault } from '../../config/answers.ts';
import { MORE_FAULTS } from '../../config/load.ts';
import type { Offered } from './asker.ts';
import type { Around, SettingsPart } from './topic.ts';

const DOES: readonly Offered[] = [
  { id: 'request', label: 'requests access' },
  { id: 'approve', label: 'approves it' },
  { id: 'both', label: 'both: requests, and approves what others request' },
];
const MACHINES: readonly Offered[] = [
  { id: 'all', label: 'All machines' },
  { id: 'tag', label: 'Machines with a tag' },
];

interface Chats {
  readonly slack: boolean;
  readonly teams: boolean;
}

interface Somebody {
  readonly id: string;
  readonly name: string;
  readonly slack?: string;
  readonly entra?: string;
}

/** Who requests and who approves, and what. */
export async function peoplePart(around: Around, chats: Chats): Promise<SettingsPart> {
  const { ask } = around;
  ask.say(
    'People: begin with one who requests and one who approves; docs/people.md says how to take all from Entra ID.',
  );
  const people: Somebody[] = [];
  const requesters: string[] = [];
  const approvers: string[] = [];
  for (;;) {
    const missing = missingOf(requesters, approvers);
    // Enter goes on for as long as no request could be approved.
    const question = { key: 'people', ask: 'One more person?', standard: missing !== undefined };
    if (!(await ask.more(question, people.length))) {
      if (missing !== undefined && ask.lacks('people', missing)) continue;
      break;
    }
    const key = `people.${people.length}`;
    const one = await personAt(around, { key, chats, taken: people.map(({ id }) => id) });
    const does = await ask.one({ key: `${key}.does`, ask: `What does ${one.name} do?`, choices: DOES });
    people.push(one);
    if (does !== 'approve') requesters.push(one.id);
    if (does !== 'request') approvers.push(one.id);
  }
  return {
    people,
    groups: { requesters, approvers },
    protectors: ['group:approvers'],
    security: ['group:approvers'],
    policies: [await policyPart(around, chats)],
  };
}

/** Who is missing for one request to be approved; nobody approves their own. */
function missingOf(requesters: readonly string[], approvers: readonly string[]): string | undefined {
  if (requesters.length === 0) return 'nobody requests access; name somebody who does';
  if (approvers.length === 0) return 'nobody approves what is requested; name somebody who does';
  const isServed = requesters.some((one) => approvers.some((other) => other !== one));
  return isServed ? undefined : 'nobody approves their own request; name somebody else who approves';
}

/** Do other answers about people and policy mend all of it? What comes of the rest would be wrong each time. */
export function areOfPeople(faults: readonly string[]): boolean {
  return faults.every((one) => one === MORE_FAULTS || /^(?:people|groups|policies|protectors|security)\b/.test(one));
}

interface PersonAsked {
  readonly key: string;
  readonly chats: Chats;
  readonly taken: readonly string[];
}

async function personAt({ ask }: Around, { key, chats, taken }: PersonAsked): Promise<Somebody> {
  const name = await ask.text({ key: `${key}.name`, ask: 'Name of the person?', wrong: ANSWERS.personName });
  // With both chats, one of them is enough.
  const slack = chats.slack
    ? await ask.text({
        key: `${key}.slack`,
        ask: `Slack user ID of ${name}?${chats.teams ? ' Enter if none.' : ''}`,
        where: 'their profile, the menu …, Copy member ID',
        wrong: orNone(ANSWERS.slackUser, chats.teams),
        ...(chats.teams ? { standard: '' } : {}),
      })
    : '';
  const isFree = slack !== '';
  const entra = chats.teams
    ? await ask.text({
        key: `${key}.entra`,
        ask: `Entra object ID of ${name}?${isFree ? ' Enter if none.' : ''}`,
        where: 'Azure portal, Microsoft Entra ID, Users',
        wrong: orNone(ANSWERS.uuid, isFree),
        ...(isFree ? { standard: '' } : {}),
      })
    : '';
  return { id: idFor(name, taken), name, ...(slack ? { slack } : {}), ...(entra ? { entra } : {}) };
}

function orNone(wrong: AnswerFault, isFree: boolean): AnswerFault {
  return (text) => (isFree && text === '' ? undefined : wrong(text));
}

/** `ada-okafor`, and `ada-okafor-2` where that is taken. */
export function idFor(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 36);
  const id = plain.replace(/-+$/, '') || 'person';
  let next = id;
  for (let n = 2; taken.includes(next); n += 1) next = `${id}-${n}`;
  return next;
}

async function policyPart({ ask }: Around, chats: Chats): Promise<SettingsPart> {
  const which = await ask.one({
    key: 'policy.machines',
    ask: 'Which machines may be requested?',
    choices: MACHINES,
    standard: 'all',
  });
  const tag =
    which === 'tag'
      ? await ask.text({
          key: 'policy.tag',
          ask: 'Which tag?',
          wrong: (text) => (/^[^=\s][^=]*=.+$/.test(text) ? undefined : 'must be a key and a value such as env=prod'),
        })
      : '';
  const longest = await ask.text({
    key: 'policy.longest',
    ask: 'For how long, at most?',
    wrong: ANSWERS.duration,
    standard: '4h',
  });
  const at = tag.indexOf('=');
  return {
    name: 'standard',
    who: ['group:requesters'],
    machines: tag === '' ? { names: ['*'] } : { tags: { [tag.slice(0, at)]: tag.slice(at + 1) } },
    ports: ['ssh', 'rdp', 'winrm'],
    longest,
    approvers: ['group:approvers'],
    tell: [...(chats.slack ? ['access-slack'] : []), ...(chats.teams ? ['access-teams'] : [])],
  };
}
