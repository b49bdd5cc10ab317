import { randomBytes } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { readContent } from './content.ts';
import { SlackError } from './errors.ts';
import { TEAM } from './identity.ts';
import { checkReply, postReply } from './reply.ts';
import type { Workspace } from './workspace.ts';

const LIFE_MS = 30 * 60_000;
const USES = 5;

interface Issued {
  readonly channel: string;
  readonly userId: string;
  /** The message that the person used; a command has none. */
  readonly messageTs?: string;
  readonly atMs: number;
  uses: number;
}

/** The addresses that interactions carry for answers: five uses in 30 minutes. */
export class ResponseUrls {
  readonly #issued = new Map<string, Issued>();
  readonly #clock: Clock;
  readonly #workspace: Workspace;
  readonly #origin: () => string;

  constructor(options: { clock: Clock; workspace: Workspace; origin: () => string }) {
    this.#clock = options.clock;
    this.#workspace = options.workspace;
    this.#origin = options.origin;
  }

  issue(channel: string, userId: string, messageTs?: string): string {
    const kind = messageTs === undefined ? 'commands' : 'actions';
    const path = `/${kind}/${TEAM.id}/${this.#issued.size + 1}/${randomBytes(12).toString('base64url')}`;
    this.#issued.set(path, { channel, userId, atMs: this.#clock(), uses: 0, ...(messageTs ? { messageTs } : {}) });
    return `${this.#origin()}${path}`;
  }

  isOne(path: string): boolean {
    return /^\/(commands|actions)\//.test(path);
  }

  /** Does what a post to the address says. Refusals are thrown; see `statusOf`. */
  use(path: string, given: unknown): void {
    const issued = this.#issued.get(path);
    if (!issued) throw new SlackError('no_service');
    if (this.#clock() - issued.atMs > LIFE_MS) throw new SlackError('expired_url');
    if (issued.uses >= USES) throw new SlackError('used_url');
    const reply = checkReply(given);
    const original = issued.messageTs ? this.#workspace.message(issued.channel, issued.messageTs) : undefined;
    if (reply.delete_original === true || reply.replace_original === true) {
      if (!original) throw new SlackError('message_not_found');
      const after = reply.delete_original === true ? undefined : { ...original, ...readContent(reply) };
      this.#workspace.replace(original.channel, original.ts, after);
    } else {
      postReply(this.#workspace, issued.channel, issued.userId, reply);
    }
    issued.uses += 1;
  }
}

/** The HTTP status of a refusal: gone addresses are not found, the rest is the app's mistake. */
export const statusOf = (error: string): number =>
  ['no_service', 'expired_url', 'used_url'].includes(error) ? 404 : 400;
