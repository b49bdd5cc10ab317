import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ANSWERS, readAnswers, writtenConfig } from '../../config/answers.ts';
import { readConfig } from '../../config/load.ts';
import { secretOf } from '../../config/secrets.ts';
import { badConfig } from '../../core/errors/bad-config.ts';
import { jsonLog } from '../../observe/log.ts';
import { surveys } from '../../surveys.ts';
import { slackManifest, teamsPackage } from '../manifest.ts';
import { widthOf, wrapped } from '../words.ts';
import { askFile } from './ask-file.ts';
import { askTerminal, Cancelled } from './ask-terminal.ts';
import type { Asker, SecretAnswer } from './asker.ts';
import { AWS_ROLES_FILE, awsPart } from './aws.ts';
import { AZURE_ROLES_FILE, azurePart } from './azure.ts';
import { SLACK_FILE, SLACK_MODES, slackPart, TEAMS_FILE, teamsPart, urlFault } from './chats.ts';
import { inTheWay, mayReplace, type NewFile, refuseUnwritable, writeAll } from './files.ts';
import { GCP_ROLE_FILE, gcpPart } from './gcp.ts';
import { areOfPeople, peoplePart } from './people.ts';
import { type Around, merged, SECRET_FILES, type SettingsPart, type ToDo, type TopicAnswers } from './topic.ts';

const CLOUDS = [
  { id: 'azure', label: 'Azure' },
  { id: 'aws', label: 'AWS' },
  { id: 'gcp', label: 'Google Cloud' },
];
const CHATS = [
  { id: 'slack', label: 'Slack' },
  { id: 'teams', label: 'Teams' },
];
/** What stands beside the configuration, each where its cloud or chat is chosen. */
const BESIDE = [AWS_ROLES_FILE, AZURE_ROLES_FILE, GCP_ROLE_FILE, SLACK_FILE, TEAMS_FILE];
const SECRETS = '.data/secrets';
/** As shells have it for whoever pressed Ctrl-C. */
const INTERRUPTED = 130;
const WIDTH = 80;

/**
 * `jit init`: asks, finds what it can with the sign-ins at hand, and writes drawbridge.yaml, the manifests of the chats, and the
 * roles of the clouds. Nothing is written before the last answer; then each file is written whole. With a file of answers nobody
 * is asked: the same questions take their answers from there.
 */
export async function initVerb(file: string, { answers }: { readonly answers?: string } = {}): Promise<void> {
  const { settings: given = {}, ...rest } = answers === undefined ? {} : readAnswers(answers);
  // One that is dumb, as that of an editor, shows what moves the cursor as it is.
  const isScreen = process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== 'dumb';
  if (answers === undefined && !isScreen)
    throw badConfig(
      ['jit init asks at a terminal that is not dumb (TERM); elsewhere, give it --answers <file>'],
      undefined,
      'The command',
    );
  const ask = answers === undefined ? askTerminal() : askFile(rest, sayPlainly);
  const interrupted = () => {
    console.log('Cancelled. Nothing was written.');
    process.exit(INTERRUPTED);
  };
  // While it looks around; a question hears Ctrl-C itself. Files are written in one go, in which no signal is heard.
  process.once('SIGINT', interrupted);
  try {
    await asked(file, { ask, given: given as SettingsPart, mayAskAgain: answers === undefined });
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    console.log('Cancelled. Nothing was written.');
    process.exitCode = INTERRUPTED;
  } finally {
    process.off('SIGINT', interrupted);
  }
}

interface Setting {
  readonly ask: Asker;
  readonly given: SettingsPart;
  readonly mayAskAgain: boolean;
}

async function asked(file: string, { ask, given, mayAskAgain }: Setting): Promise<void> {
  const folder = dirname(file);
  refuseUnwritable(folder);
  // Before all else is typed; a file of answers hears everything at once.
  const all = [
    file,
    ...[...BESIDE, ...SECRET_FILES.map((name) => join(SECRETS, name))].map((one) => join(folder, one)),
  ];
  const replaced = mayAskAgain ? await mayReplace(all, ask) : [];
  const kept: NewFile[] = [];
  const unset: string[] = [];
  const around: Around = {
    ...{ ask, given, signal: new AbortController().signal },
    surveys: surveys(jsonLog('fatal')),
    keep(name, answer) {
      if ('reference' in answer) {
        if (secretIn(answer) === undefined) unset.push(answer.reference);
        return answer.reference;
      }
      const path = join(folder, SECRETS, name);
      kept.push({ path, content: `${answer.value}\n`, isSecret: true });
      return `file:${path}`;
    },
    secretIn,
  };
  const base = await basePart(around);
  const checked = await checkedPart(around, base, mayAskAgain);
  const files = [
    { path: file, content: checked.text },
    ...base.files.map((one) => ({ ...one, path: join(folder, one.path) })),
    ...kept,
  ];
  const taken = inTheWay(files.map(({ path }) => path)).filter((path) => !replaced.includes(path));
  if (taken.length > 0) {
    const write = await ask.yes({
      key: 'overwrite',
      ask: `Write over what is there: ${taken.join(', ')}?`,
      standard: false,
    });
    if (!write) throw badConfig([`${taken.join(', ')}: there already; nothing was written`], undefined, 'Writing');
  }
  ask.end();
  writeAll(files);
  tell({ files, unset, left: base.left, warnings: checked.warnings });
}

function secretIn(answer: SecretAnswer): string | undefined {
  if ('value' in answer) return answer.value;
  try {
    return secretOf(answer.reference);
  } catch {
    return undefined;
  }
}

interface Base extends TopicAnswers {
  readonly chats: { readonly slack: boolean; readonly teams: boolean };
  readonly files: readonly NewFile[];
}

/** All but people and policies: the clouds, the chats, and the files that go with them. */
async function basePart(around: Around): Promise<Base> {
  const { ask } = around;
  const installation = await ask.text({
    key: 'installation',
    ask: 'Name of this installation? It is part of every rule that is written, so keep it.',
    wrong: ANSWERS.installation,
    standard: 'prod',
  });
  const clouds = await ask.some({ key: 'clouds', ask: 'Which clouds have the machines?', choices: CLOUDS });
  const named = await ask.some({ key: 'chats', ask: 'Which chats do people use?', choices: CHATS });
  const chats = { slack: named.includes('slack'), teams: named.includes('teams') };
  const mode = chats.slack
    ? await ask.one({ key: 'slack.mode', ask: 'How does Slack deliver?', choices: SLACK_MODES, standard: 'http' })
    : 'socket';
  const url = chats.teams || mode === 'http' ? await urlOf(ask) : '';
  const parts: TopicAnswers[] = [];
  if (clouds.includes('azure')) parts.push(await azurePart(around));
  if (clouds.includes('aws')) parts.push(await awsPart(around, installation));
  if (clouds.includes('gcp')) parts.push(await gcpPart(around));
  const { tenantId } = (parts.find(({ settings }) => settings.azure)?.settings.azure ?? {}) as {
    readonly tenantId?: string;
  };
  if (chats.slack) parts.push(await slackPart(around, mode));
  if (chats.teams) parts.push(await teamsPart(around, tenantId, url));
  const settings = parts.reduce((all, one) => merged(all, one.settings), { installation } as SettingsPart);
  return {
    settings,
    left: parts.flatMap(({ left }) => left),
    chats,
    files: [
      ...(chats.slack ? [{ path: SLACK_FILE, content: slackManifest(mode === 'http' ? url : undefined) }] : []),
      ...(chats.teams
        ? [{ path: TEAMS_FILE, content: teamsPackage(settings.teams as { readonly appId: string }) }]
        : []),
      ...(clouds.includes('azure') ? [{ path: AZURE_ROLES_FILE, content: manifest('azure/roles.json') }] : []),
      ...(clouds.includes('aws') ? [{ path: AWS_ROLES_FILE, content: manifest('aws/roles.yaml') }] : []),
      ...(clouds.includes('gcp') ? [{ path: GCP_ROLE_FILE, content: manifest('gcp/role.yaml') }] : []),
    ],
  };
}

function urlOf(ask: Asker): Promise<string> {
  return ask.text({
    key: 'url',
    ask: 'Address at which the chats reach Drawbridge, through your TLS proxy?',
    wrong: urlFault,
  });
}

function manifest(name: string): string {
  return readFileSync(new URL(`../../../manifests/${name}`, import.meta.url), 'utf8');
}

const HEAD = ['Written by jit init. All settings: docs/settings.md; policies by example: docs/policy.md'];

/** With people and policies: asked again, with what is wrong, until the whole file is right. */
async function checkedPart(around: Around, base: Base, mayAskAgain: boolean) {
  for (;;) {
    const people = await peoplePart(around, base.chats);
    around.ask.settle();
    const text = writtenConfig(merged({ ...base.settings, ...people }, around.given), HEAD);
    const read = readConfig(text);
    if ('config' in read) return { text, warnings: read.warnings };
    if (!mayAskAgain || !areOfPeople(read.faults)) throw badConfig(read.faults, undefined, 'What the answers make');
    around.ask.say(`That cannot work:\n${read.faults.join('\n')}\nPeople and policy are asked once more.`);
  }
}

interface Told extends Pick<Base, 'files' | 'left'> {
  readonly unset: readonly string[];
  readonly warnings: readonly string[];
}

/** What was written, and what is left to click, in its order. */
function tell({ files, unset, left, warnings }: Told): void {
  const steps: readonly ToDo[] = [
    ...left,
    ...[...new Set(unset)].map((one) => ({ text: `Give Drawbridge the secret ${one}.` })),
    { text: 'Check the file:', command: 'npx jit check' },
    { text: 'Start it (docs/run.md has every way):', command: 'npm start' },
    { text: 'While it runs, let the doctor ask everything that it stands on:', command: 'npx jit doctor' },
  ];
  sayPlainly(`Written: ${files.map(({ path }) => path).join(', ')}.`);
  for (const warning of warnings) sayPlainly(`Warning: ${warning}.`);
  console.log('\nWhat is left to do:');
  for (const [i, { text, command }] of steps.entries()) {
    sayPlainly(`${i + 1}. ${text}`);
    // In one piece, to be copied.
    if (command !== undefined) console.log(`     ${command}`);
  }
}

function sayPlainly(text: string): void {
  console.log(wrapped(text, Math.min(WIDTH, widthOf(process.stdout, WIDTH))));
}
