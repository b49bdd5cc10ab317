import { randomBytes } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { checkHome, isViewTooLarge, withIds } from './block-kit.ts';
import { invalidArguments, SlackError } from './errors.ts';
import { BOT, TEAM } from './identity.ts';
import type { Json } from './shape.ts';
import type { SlackHome } from './types.ts';

/** The Home tab of the app, one for each person (docs.slack.dev/surfaces/app-home). */
export class Homes {
  readonly shown = new Map<string, SlackHome>();
  readonly #clock: Clock;
  readonly #changed: () => void;
  #last = 0;

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Puts the view in the place of the one that the person has; with a `hash` only while that is still the one. */
  publish(userId: string, given: unknown, hash?: string): SlackHome {
    if (isViewTooLarge(given)) throw new SlackError('view_too_large');
    const flaws = checkHome(given);
    if (flaws.length > 0) throw invalidArguments(flaws);
    const before = this.shown.get(userId);
    if (hash !== undefined && hash !== before?.hash) throw new SlackError('hash_conflict');
    const home = given as Json & { blocks: Json[] };
    this.#last += 1;
    const id = before?.id ?? `VH${this.#last.toString().padStart(9, '0')}`;
    const view: SlackHome = {
      callback_id: '',
      private_metadata: '',
      external_id: '',
      ...home,
      id,
      type: 'home',
      team_id: TEAM.id,
      app_installed_team_id: TEAM.id,
      app_id: BOT.appId,
      bot_id: BOT.id,
      blocks: withIds(home.blocks),
      state: { values: {} },
      hash: `${Math.floor(this.#clock() / 1000)}.${randomBytes(4).toString('hex')}`,
      root_view_id: id,
      previous_view_id: null,
    };
    this.shown.set(userId, view);
    this.#changed();
    return view;
  }
}
