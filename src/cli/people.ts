import { whoIs } from '../app/inbox/whoami.ts';
import { type FileText, textOfFile, whyUnread } from '../config/bytes.ts';
import { houseRules } from '../config/house.ts';
import { PEOPLE_FILE, peopleFromCsv } from '../config/people-csv.ts';
import type { Config } from '../config/schema.ts';
import { loadConfig } from '../configuration.ts';
import { badConfig } from '../core/errors/bad-config.ts';
import { JitError } from '../core/errors/errors.ts';
import { plain } from '../core/language/text.ts';
import { isMeant } from '../core/people/person.ts';
import { knownDeciders } from '../core/policy/approval.ts';
import { peopleRoom } from '../rooms.ts';
import { commandLog } from './command-log.ts';
import { sayLine, sayText } from './output.ts';

/** `jit people`: who is in the file, and where others come from. */
export async function peopleVerb(file: string): Promise<void> {
  const config = await loadConfig(file);
  for (const one of config.people) sayLine(lineOf(one));
  const { entra, slack } = config.directory;
  const others = [...(entra ? [`tenant ${entra.tenantId} of Entra ID`] : []), ...(slack ? ['Slack'] : [])];
  if (others.length > 0) sayLine(`Everybody else: ${others.join(' and ')}. \`jit people why <id>\` reads one of them.`);
}

/** `jit people find <text>`: in the file by any part of an id or name, in Entra by object ID or e-mail address. */
export async function findPeopleVerb(file: string, text: string): Promise<void> {
  const config = await loadConfig(file);
  const word = text.toLowerCase();
  const listed = config.people.filter((one) =>
    [one.id, one.name, one.slack, one.entra].some((value) => value?.toLowerCase().includes(word)),
  );
  for (const one of listed) sayLine(lineOf(one));
  const found = await (await peopleRoom(config, commandLog())).find(text);
  if (found && !listed.some(({ id }) => id === found.id)) sayLine(lineOf(found));
  if (listed.length === 0 && !found) throw new JitError('personUnknown', { typed: text });
}

/** `jit people why <id>`: who somebody is, through what, and what they may under which policies. */
export async function whyPersonVerb(file: string, typed: string): Promise<void> {
  const config = await loadConfig(file);
  const directory = await peopleRoom(config, commandLog());
  const person = await directory.find(typed);
  if (!person) throw new JitError('personUnknown', { typed });
  for (const line of await whoIs({ directory }, person)) sayLine(plain(line));
  const { policies, protectors, security, breakGlass = [] } = houseRules(config);
  const named = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join(', ') || 'none';
  sayLine(`May request under: ${named(policies.filter(({ who }) => isMeant(person, who)))}.`);
  const deciding = policies.filter((policy) => isMeant(person, knownDeciders([policy])));
  sayLine(`May decide, besides as manager, owner, or on call, under: ${named(deciding)}.`);
  const breaking = breakGlass.filter(({ who }) => isMeant(person, who));
  if (breaking.length > 0) sayLine(`May break glass under: ${named(breaking)}.`);
  const roles = Object.entries({ protectors, security }).filter(([, subjects]) => isMeant(person, subjects));
  if (roles.length > 0) sayLine(`Is meant by: ${roles.map(([name]) => name).join(', ')}.`);
}

/** `jit people import <file>`: prints the `people` of a CSV file, to be put into drawbridge.yaml. */
export function importPeopleVerb(csv: string): void {
  sayText(peopleFromCsv(textOf(csv)).trimEnd());
}

function textOf(path: string): string {
  const read = readable(path);
  if ('text' in read) return read.text;
  throw badConfig([read.fault.replace(/^drawbridge\.yaml/, path)], undefined, PEOPLE_FILE);
}

function readable(path: string): FileText {
  try {
    return textOfFile(path);
  } catch (cause) {
    throw badConfig(
      [`${path} ${whyUnread(cause)}; name a CSV file whose first line has id and name`],
      cause,
      PEOPLE_FILE,
    );
  }
}

type Shown = Pick<Config['people'][number], 'id' | 'name' | 'slack' | 'entra'>;

function lineOf({ id, name, slack, entra }: { readonly [K in keyof Shown]?: Shown[K] | undefined }): string {
  const accounts = [...(slack ? [`Slack ${slack}`] : []), ...(entra ? [`Entra ${entra}`] : [])];
  return `${id}  ${name}  ${accounts.join(', ') || 'no account'}`;
}
