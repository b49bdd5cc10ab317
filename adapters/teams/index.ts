import { type Instant, SECOND_MS } from '../../src/core/language/instant.ts';
import type { Place } from '../../src/core/people/place.ts';
import { TONGUES, tongueOf } from '../../src/core/words/tongues.ts';
import { limitedLog } from '../../src/kit/limited-log.ts';
import type { ChatAdapter, Resumer, Teller } from '../../src/ports/chat.ts';
import type { Examiner } from '../../src/ports/examiner.ts';
import type { HttpRoom } from '../../src/ports/http.ts';
import type { Inbox } from '../../src/ports/inbox.ts';
import type { Journal } from '../../src/ports/journal.ts';
import type { Log } from '../../src/ports/log.ts';
import { again } from './again.ts';
import { createBot } from './bots.ts';
import { loginError } from './errors.ts';
import { examineTeams } from './examine.ts';
import { Looks } from './looks.ts';
import { People } from './people.ts';
import { publisher, tell } from './publish.ts';
import { receiver } from './receive.ts';
import { Roster } from './roster.ts';
import { complete, LIMITS, type Limits, type TeamsSettings } from './settings.ts';
import { turns } from './turn.ts';

// What a bench's bare calls are made by.
export type { Bot, Conversation } from './bot.ts';
export { createBot } from './bots.ts';
export type { Settings, TeamsSettings } from './settings.ts';

export interface TeamsDeps {
  readonly now?: () => Instant;
  readonly log: Log;
  readonly journal: Journal;
  /** Entra object id of somebody of drawbridge.yaml, for mentions. */
  entraIdOf(personId: string): string | undefined;
  /** The locale of an Entra object id, as far as a directory knows it: their Teams says it once they do something. */
  languageOf?(entraId: string): Promise<string | undefined>;
  /** By how much everything may take longer than Teams allows: 1, but for tests of what is said. */
  readonly patience?: number;
}

/** How long a stop waits for what is being answered. */
const STOP_MS = 5 * SECOND_MS;

/** Teams through the Bot Framework. Rejects with `badConfig` for settings that would not be safe. */
export async function teamsAdapter(
  given: TeamsSettings,
  { now = Date.now, log, journal, entraIdOf, languageOf, patience = 1 }: TeamsDeps,
  limits: Limits = { ...LIMITS, invokeMs: LIMITS.invokeMs * patience, callMs: LIMITS.callMs * patience },
): Promise<ChatAdapter & Examiner & HttpRoom & Teller & Resumer> {
  const settings = complete(given);
  const bot = await createBot(settings, limits.callMs);
  const ticks = () => performance.now();
  const known = { people: new People(bot, settings, ticks), roster: new Roster(bot, ticks), looks: new Looks(ticks) };
  const house = TONGUES[settings.language ?? 'en'];
  const tongueAt = async ({ kind, id }: Place) =>
    kind === 'private' ? (known.people.tongueOf(id) ?? tongueOf(await languageOf?.(id)) ?? house) : house;
  const stopping = new AbortController();
  let inbox: Inbox | undefined;
  const { later, end } = unattended(log);
  const refusals = limitedLog(log);
  const { signal } = stopping;
  const take = turns({
    settings,
    limits,
    bot,
    ...known,
    now,
    log,
    refusals,
    journal,
    later,
    signal,
    inbox: () => inbox,
  });

  return {
    chat: 'teams',
    routes: [receiver(settings.path, limits, refusals, take)],
    publish: publisher({ bot, settings, roster: known.roster, entraIdOf, tongueAt, now }),
    tell: (report, place, signal) => tell({ bot, settings, tongueAt }, report, place, signal),
    async again(what, how) {
      if (!inbox) throw new Error('Teams is not served');
      await again({ settings, limits, bot, ...known, now, log, later, signal, inbox }, what, how);
    },
    async start(box) {
      inbox = box;
    },
    async stop() {
      inbox = undefined;
      await end(STOP_MS);
      stopping.abort();
    },
    examine: (places, signal) => examineTeams(bot, settings, places, signal),
    async check(signal) {
      try {
        await bot.login(signal);
      } catch (error) {
        throw loginError(error);
      }
    },
  };
}

/** Work that nobody waits for but a stop, which waits no longer than `mostMs`. What it throws is logged. */
function unattended(log: Log) {
  const underWay = new Set<Promise<unknown>>();
  const later = (work: Promise<unknown>) => {
    const kept = work
      .catch((error: unknown) => log.warn({ error }, 'an answer could not be given in Teams'))
      .finally(() => underWay.delete(kept));
    underWay.add(kept);
  };
  const end = async (mostMs: number) => {
    let cut: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      cut = setTimeout(resolve, mostMs);
    });
    await Promise.race([Promise.all(underWay), late]);
    clearTimeout(cut);
  };
  return { later, end };
}
