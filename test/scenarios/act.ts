import { channels, people } from '../../simulators/world.ts';
import { parseDuration } from '../../src/core/language/duration.ts';
import { DAY_MS } from '../../src/core/language/instant.ts';
import { doors } from './doors.ts';
import { othersEnd } from './ends.ts';
import { human } from './human.ts';
import { inEntra, inIdentityCenter, inPagerDuty } from './people.ts';
import type { World } from './world.ts';

type Json = Readonly<Record<string, unknown>>;
type Person = (typeof people)['requester'];

/**
 * `{+6h}` is that time of the day on the clock of the story, in UTC, with its date where it is a day or more ahead;
 * `{ha*9000}` is that many of them.
 */
export function timed({ clock }: World, action: string): string {
  const long = action.replace(/\{(\w+)\*(\d+)\}/g, (_, word: string, times: string) => word.repeat(Number(times)));
  return long.replace(/\{\+(\w+)\}/g, (_, ahead: string) => {
    const ms = parseDuration(ahead) ?? 0;
    const text = new Date(clock.now() + ms).toISOString().slice(0, 16).replace('T', ' ');
    return ms < DAY_MS ? text.slice(-5) : text;
  });
}

/** Carries out one line of a transcript: `ada slack> /jit list`, `ada dm> list`, `ada mention> list`, `grace teams> [Deny] not now`, `time> +1h`, `azure> delete web-1`. */
export async function act(world: World, line: string): Promise<void> {
  const [, who = '', what = ''] = /^(.*?)>\s*(.*)$/.exec(line) ?? [];
  const [first = '', second = ''] = who.split(' ');
  if (who === 'time') return pass(world, what);
  if (who === 'patrol') return world.patrol();
  if (who === 'digest') return world.digest();
  if (who === 'file') return world.change(...(what.split(' → ') as [string, string]));
  if (who === 'channels') return world.channels();
  if (who === 'logs') return world.logs();
  if (who === 'leavers') return void (await world.leavers());
  if (who === 'route') return world.route();
  if (who === 'reviews') return world.reviews();
  if (who === 'unused') return void (await world.unused());
  if (who === 'tickets') return world.tickets(what);
  if (who === 'slack' && what.startsWith('fault')) return slackFault(world, what);
  if (who === 'entra') return inEntra(world, what);
  if (who === 'idc') return inIdentityCenter(world, what);
  if (who === 'slack' || who === 'teams') return doors(world, who, what);
  if (who === 'others') return othersEnd(world, what);
  if (who === 'journal' || who === 'processes') return world.strain.put(who, what);
  if (who === 'pagerduty') return inPagerDuty(world, what);
  if (who === 'azure' || who === 'aws') return human(world, who, what);
  const person = Object.values(people).find(({ id }) => id === first);
  if (!person) throw new Error(`nobody is called ${first}`);
  if (second === 'slack')
    return what.startsWith('[') ? pressInSlack(world, person, what) : typeInSlack(world, person, what);
  if (second === 'mention' || second === 'dm') {
    const mention = second === 'mention';
    const place = mention ? channels.slack.id : `D${person.slackId.slice(1)}`;
    return void (await world.services.slack.say(person.slackId, place, mention ? `<@U0BRIDGEBT> ${what}` : what));
  }
  if (second === 'shortcut') return shortcut(world, person, what);
  if (second === 'home') return onHome(world, person, what);
  if (second === 'teams')
    return what.startsWith('[') ? pressInTeams(world, person, what) : sayInTeams(world, person, what);
  if (second === 'anywhere') return anywhere(world, person, what);
  if (second === 'dialog') return inDialog(world, person, what);
  if (second === 'looks') return lookInTeams(world, person, what === 'again' ? 'manual' : 'automatic');
  if (second === 'oldteams') return pressInTeams(world, person, what, 'submit');
  throw new Error(`cannot do: ${line}`);
}

/** Time moves in steps, so that what falls due on the way happens on the way. */
async function pass(world: World, text: string): Promise<void> {
  const ms = parseDuration(text.replace('+', ''));
  if (ms === undefined) throw new Error(`no duration: ${text}`);
  const steps = Math.min(240, Math.max(1, Math.ceil(ms / 30_000)));
  for (let i = 0; i < steps; i += 1) {
    world.clock.advance(Math.round(ms / steps));
    await world.work();
  }
}

async function typeInSlack(world: World, person: Person, text: string): Promise<void> {
  await world.services.slack.command(person.slackId, channels.slack.id, text);
}

async function sayInTeams(world: World, person: Person, text: string): Promise<void> {
  const [, where, said] = /^(#)?(.*)$/.exec(text) ?? [];
  await world.services.teams.say(person.entraId, where ? 'channel' : 'personal', said ?? '');
}

/** `[Deny] reason`: presses the newest such button that the person sees, and fills in the modal that it opens. */
async function pressInSlack(world: World, person: Person, text: string): Promise<void> {
  const [, title = '', given = ''] = /^\[([^\]]+)\]\s*(.*)$/.exec(text) ?? [];
  const { slack } = world.services;
  for (const channel of [...slack.state(person.slackId).channels].reverse()) {
    for (const message of [...channel.messages].reverse()) {
      const button = buttonsOf(message.blocks).find((one) => (one.text as Json | undefined)?.text === title);
      if (!button) continue;
      await slack.press(person.slackId, channel.id, message.ts, String(button.action_id));
      if (given) await fillInSlack(world, person, given);
      return;
    }
  }
  throw new Error(`${person.id} sees no button “${title}” in Slack`);
}

/** `everywhere`, or the words of a message in the channel that it is used on. */
async function shortcut({ services }: World, { slackId }: Person, what: string): Promise<void> {
  const { slack } = services;
  if (what === 'everywhere') return void (await slack.shortcut(slackId, 'jit_ask'));
  const { messages = [] } = slack.state(slackId).channels.find(({ id }) => id === channels.slack.id) ?? {};
  const found = messages.findLast(({ text }) => text.includes(what));
  await slack.messageShortcut(slackId, channels.slack.id, found?.ts ?? '', 'jit_because');
}

/** `fault views.open late`: the next such call of the program fails. */
function slackFault({ services }: World, what: string): void {
  const [, method = '', kind = ''] = what.split(' ');
  const faults = {
    '500': { kind: 'error', status: 500, code: 'internal_error' },
    late: { kind: 'error', status: 200, code: 'expired_trigger_id' },
    busy: { kind: 'throttle', retryAfterSeconds: 7 },
  } as const;
  services.slack.faults.add(method, faults[kind as keyof typeof faults]);
}

/** `open`, or `[Deny] reason`: the first such button of their page in Slack. */
async function onHome(world: World, person: Person, text: string): Promise<void> {
  const { slack } = world.services;
  if (text === 'open') return void (await slack.openHome(person.slackId));
  const [, title = '', given = ''] = /^\[([^\]]+)\]\s*(.*)$/.exec(text) ?? [];
  for (const block of slack.state(person.slackId).homes[person.slackId]?.blocks ?? []) {
    const button = buttonsOf([block]).find((one) => (one.text as Json | undefined)?.text === title);
    if (!button) continue;
    await slack.pressHome(person.slackId, String(button.action_id), String(block.block_id));
    if (given) await fillInSlack(world, person, given);
    return;
  }
  throw new Error(`${person.id} has no button “${title}” on their page`);
}

/** Fills the open modal: `Label=value; Label=value`, or one text for its only input; or presses a button in it: `[Ask a protector]`. */
export async function fillInSlack(world: World, person: Person, text: string): Promise<void> {
  const { slack } = world.services;
  const shown = () => slack.state(person.slackId).views[person.slackId]?.at(-1);
  const view = await eventually(world, shown);
  const pressed = /^\[(.+)\]$/.exec(text)?.[1];
  if (pressed !== undefined) {
    const button = buttonsOf(view.blocks as readonly Json[]).find((one) => (one.text as Json).text === pressed);
    return void (await slack.changeInView(person.slackId, view.id, String(button?.action_id)));
  }
  const pairs = text.includes('=')
    ? text.split(/;\s*/).map((pair) => pair.split('=') as [string, string])
    : [['', text] as [string, string]];
  const inputs = () => ((shown()?.blocks ?? []) as readonly Json[]).filter((block) => block.type === 'input');
  const choice = pairs.flatMap(([label, value]) => filledIn(inputs(), label, value)).find(({ isTold }) => isTold);
  if (choice) {
    // As a client does: the form follows the choice before the rest is filled in.
    await slack.changeInView(person.slackId, view.id, choice.actionId, choice.given, choice.blockId);
    await eventually(world, () => (shown()?.hash === view.hash ? undefined : true), 30_000);
  }
  const filled: Record<string, Record<string, string | string[]>> = {};
  for (const [label, value] of pairs)
    for (const { blockId, actionId, given } of filledIn(inputs(), label, value))
      filled[blockId] = { [actionId]: given };
  await slack.submitView(person.slackId, view.id, filled);
}

/** What somebody puts in the input with this label. */
function filledIn(inputs: readonly Json[], label: string, value: string) {
  const block = inputs.find((input) => label === '' || String((input.label as Json).text).startsWith(label));
  if (!block) throw new Error(`the form has no “${label}”`);
  const element = block.element as Json;
  const chosen = optionsOf(element, value);
  const given = /multi|checkboxes/.test(String(element.type)) ? chosen : (chosen[0] ?? '');
  const isTold = block.dispatch_action === true;
  return [{ blockId: String(block.block_id), actionId: String(element.action_id), given, isTold }];
}

/** Option values by the words that are shown; plain inputs take the words themselves. */
function optionsOf(element: Json, words: string): string[] {
  const options = (element.options as readonly Json[] | undefined) ?? [];
  if (options.length === 0) return [words];
  return words
    .split(/,\s*/)
    .map((word) =>
      String(options.find((option) => String((option.text as Json).text).startsWith(word))?.value ?? word),
    );
}

/** With `submit`, in a client that sends what is pressed as a message. */
async function pressInTeams(
  world: World,
  person: Person,
  text: string,
  how: 'execute' | 'submit' = 'execute',
): Promise<void> {
  const [, title = '', reason = ''] = /^\[([^\]]+)\]\s*(.*)$/.exec(text) ?? [];
  const { teams } = world.services;
  const press = async () => {
    const state = teams.state();
    const own = state.personal.find((chat) => chat.entraId === person.entraId)?.activities ?? [];
    const channel = state.channel.threads.flatMap((thread) => thread.activities);
    for (const activity of [...channel, ...own].reverse()) {
      const card = activity.cardsFor[person.entraId] ?? activity.cards[0];
      const execute = card ? executesOf(card).find((one) => one.title === title) : undefined;
      if (!execute) continue;
      const inputs = reason ? { inputs: typedInto(inputsOf(card), reason) } : {};
      await teams[how](person.entraId, activity.id, { verb: String(execute.verb), title, ...inputs });
      return true;
    }
    return false;
  };
  if (await press()) return;
  // As their client does by itself where a card of the channel names them.
  if (how === 'execute')
    for (const { activities } of teams.state().channel.threads)
      if (activities[0]) await teams.refresh(person.entraId, activities[0].id).catch(() => undefined);
  if (!(await press())) throw new Error(`${person.id} sees no button “${title}” in Teams`);
}

/** The message extension, in a chat without the bot: `ask`, or the words of the message that it is used on. */
async function anywhere({ services }: World, { entraId }: Person, what: string): Promise<void> {
  const link = 'https://teams.microsoft.com/l/message/19:x@thread.v2/1';
  const pointed = what === 'ask' ? undefined : { html: `<p>${what}</p>`, link };
  await services.teams.openExtension(entraId, 'request', pointed);
}

/** `[Request] Machine=web-1; Source=…`: presses the dialog's button. */
async function inDialog({ services }: World, { entraId }: Person, text: string): Promise<void> {
  const [, title = '', typed = ''] = /^\[([^\]]+)\]\s*(.*)$/.exec(text) ?? [];
  const card = services.teams.state().dialogs[entraId]?.card;
  await services.teams.submitDialog(entraId, { verb: 'submitForm', title, inputs: typedInto(inputsOf(card), typed) });
}

/** At the newest card of the channel. */
async function lookInTeams({ services }: World, { entraId }: Person, trigger: 'manual' | 'automatic'): Promise<void> {
  const [newest] = services.teams.state().channel.threads.at(-1)?.activities ?? [];
  if (newest) await services.teams.refresh(entraId, newest.id, trigger);
}

function buttonsOf(blocks: readonly Json[]): readonly Json[] {
  return blocks
    .flatMap((block) => (Array.isArray(block.elements) ? (block.elements as Json[]) : [block.accessory as Json]))
    .filter((element) => element?.type === 'button');
}

function executesOf(value: unknown): readonly Json[] {
  if (Array.isArray(value)) return value.flatMap(executesOf);
  if (typeof value !== 'object' || value === null) return [];
  const own = (value as Json).type === 'Action.Execute' ? [value as Json] : [];
  return [...own, ...Object.values(value).flatMap(executesOf)];
}

/** `Label=value; Label=value`, or one text for each input; values of choices by the words that are shown. */
function typedInto(inputs: readonly Json[], text: string): Record<string, string> {
  if (!/^[A-Z]\w+=/.test(text)) return Object.fromEntries(inputs.map(({ id }) => [id, text]));
  const pairs = text.split(/;\s*/).map((pair) => pair.split('=') as [string, string]);
  return Object.fromEntries(
    pairs.map(([label, words]) => {
      const input = inputs.find((one) => String(one.label).startsWith(label));
      const choices = (input?.choices as readonly Json[] | undefined) ?? [];
      const value = choices.find(({ title }) => String(title).startsWith(words))?.value ?? words;
      return [String(input?.id), String(value)];
    }),
  );
}

function inputsOf(value: unknown): readonly Json[] {
  if (Array.isArray(value)) return value.flatMap(inputsOf);
  if (typeof value !== 'object' || value === null) return [];
  const { type, id } = value as Json;
  const own = typeof type === 'string' && type.startsWith('Input.') && id !== undefined ? [value as Json] : [];
  return [...own, ...Object.values(value).flatMap(inputsOf)];
}

/** Waits, without polling, until something is there: it is looked for after every change. */
export function eventually<T>(world: World, look: () => T | undefined, mostMs = 5_000): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      stop();
      reject(new Error('what was waited for did not come'));
    }, mostMs);
    const check = () => {
      const found = look();
      if (found === undefined) return;
      clearTimeout(late);
      stop();
      resolve(found);
    };
    const stop = world.services.onChange(check);
    check();
  });
}
