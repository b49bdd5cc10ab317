import type { House } from './house.ts';
import type { Judge, Standing, Wish } from './judge.ts';
import type { Kept, People } from './people.ts';

/** All that a flow is played with. */
export interface Scene {
  readonly house: House;
  readonly people: People;
  readonly judge: Judge;
  /** An address that no flow had yet. */
  readonly source: string;
  /** Points count from here on; what came before is in another flow, point by point. */
  begin(): Promise<void>;
}

/** What people do from its beginning to its end. It can be played again and again in one world. */
export interface Flow {
  readonly name: string;
  /** Protected beforehand. */
  readonly protects?: string;
  readonly unanswered?: string;
  play(scene: Scene): Promise<void>;
}

const LEASE_S = 5;
const END = /closed, proven|could not be opened|was not opened|was denied|expired without/;

type Chat = 'slack' | 'teams';

/** Asks, and gives the request as Redis has it. */
async function ask({ people, judge, source }: Scene, chat: Chat, machine: string, seconds = LEASE_S): Promise<Wish> {
  const wish: Wish = { source, who: 'requester', machine, forMs: seconds * 1_000 };
  judge.wishes.set(source, wish);
  const text = `request ${machine} ssh for ${seconds}s from ${source} because of a kill`;
  await people.write(chat, 'requester', text, async () => (await people.request(source)) !== undefined);
  const id = (await people.request(source))?.id;
  if (id !== undefined) wish.id = id;
  return wish;
}

/** The one that the flow goes on with. */
const kept = ({ people, judge, source }: Scene) => people.request(source, judge.wishes.get(source)?.id);

const statusIs =
  (scene: Scene, ...wanted: readonly string[]) =>
  async () =>
    wanted.includes((await kept(scene))?.status ?? '');

async function approve(scene: Scene, wish: Wish, chat: Chat): Promise<Kept> {
  const { people } = scene;
  wish.approvingAt = Date.now();
  await people.press(chat, 'manager', wish.id ?? '', async () => !(await statusIs(scene, 'pending')()));
  wish.approvedAt = Date.now();
  return people.until('the approved request', () => kept(scene));
}

/** Until it is open, or was over before it could be. */
async function opened(scene: Scene): Promise<void> {
  await scene.people.until(
    'an opening',
    async () => (await statusIs(scene, 'active', 'closing', 'ended')()) || undefined,
  );
}

/** Until Redis and both channels say the end. */
async function over(scene: Scene, wish: Wish, status: string): Promise<void> {
  const { people, judge, source } = scene;
  await people.until(`the end of ${source}`, async () => {
    const { slack, teams } = people.onCards(wish.id ?? '');
    return ((await statusIs(scene, status)()) && END.test(slack) && END.test(teams)) || undefined;
  });
  if (judge.isOpen(source)) throw new Error(`${source} is over, and is open`);
}

function access(name: string, machine: string, asked: Chat, approved: Chat): Flow {
  return {
    name,
    protects: machine,
    async play(scene) {
      await scene.begin();
      const wish = await ask(scene, asked, machine);
      await approve(scene, wish, approved);
      await over(scene, wish, 'ended');
    },
  };
}

const denied: Flow = {
  name: 'denied',
  protects: 'api-1',
  async play(scene) {
    const wish = await ask(scene, 'slack', 'api-1');
    await scene.people.shown();
    await scene.begin();
    const text = `deny ${wish.id} because not today`;
    await scene.people.write('teams', 'manager', text, statusIs(scene, 'denied'));
    await over(scene, wish, 'denied');
  },
};

const extended: Flow = {
  name: 'extended',
  protects: 'web-1',
  async play(scene) {
    const { people } = scene;
    const wish = await ask(scene, 'slack', 'web-1', 4 * LEASE_S);
    const { lease } = await approve(scene, wish, 'slack');
    await opened(scene);
    await scene.people.shown();
    await scene.begin();
    const isAsked = async () => JSON.stringify(await kept(scene)).includes('"extension"');
    await people.write('slack', 'requester', `extend ${wish.id} for ${LEASE_S}s`, async () => {
      return (await isAsked()) || !(await statusIs(scene, 'activating', 'active')());
    });
    wish.forMs += LEASE_S * 1_000;
    await people.write('teams', 'manager', `approve ${wish.id}`, async () => {
      const now = await kept(scene);
      return (now?.lease?.until ?? 0) > (lease?.until ?? 0) || now?.status === 'closing' || now?.status === 'ended';
    });
    await over(scene, wish, 'ended');
  },
};

const closedNow: Flow = {
  name: 'closed now',
  protects: 'api-1',
  async play(scene) {
    const wish = await ask(scene, 'teams', 'api-1', 600);
    await approve(scene, wish, 'slack');
    await opened(scene);
    await scene.people.shown();
    await scene.begin();
    await scene.people.write('teams', 'requester', `revoke ${wish.id}`, statusIs(scene, 'closing', 'ended'));
    wish.revokingAt = wish.revokedAt = Date.now();
    await over(scene, wish, 'ended');
  },
};

const closedAll: Flow = {
  name: 'close all',
  protects: 'web-1',
  async play(scene) {
    const wish = await ask(scene, 'slack', 'web-1', 600);
    await approve(scene, wish, 'slack');
    await opened(scene);
    await scene.people.shown();
    await scene.begin();
    const isOver = statusIs(scene, 'closing', 'ended');
    await byPage(scene, 'slack', 'security', 'close all', isOver);
    wish.revokingAt = wish.revokedAt = Date.now();
    await over(scene, wish, 'ended');
  },
};

const unanswered: Flow = {
  name: 'unanswered',
  protects: 'api-1',
  unanswered: '6s',
  async play(scene) {
    const wish = await ask(scene, 'slack', 'api-1');
    await scene.people.shown();
    await scene.begin();
    await over(scene, wish, 'expired');
  },
};

/** Looks at the page of a command, and agrees to what it shows, until it is done. */
async function byPage(
  { people }: Scene,
  chat: Chat,
  who: 'security' | 'manager',
  command: string,
  isDone: () => boolean | Promise<boolean>,
): Promise<void> {
  const code = /(?:closing )?confirm ([0-9a-f]{6})/;
  for (let tries = 0; tries < 6 && !(await isDone()); tries += 1) {
    const before = people.told(who).length;
    const news = () => people.told(who).slice(before);
    const shownOf = () => news().flatMap((text) => code.exec(text)?.[0] ?? [])[0];
    const isHeard = () => shownOf() !== undefined || news().some((text) => text.startsWith('Nothing'));
    await people.write(chat, who, command, async () => isHeard() || (await isDone()), true);
    const shown = shownOf();
    if (!shown) continue;
    const then = people.told(who).length;
    const isAnswered = () => people.told(who).length > then;
    await people.write(chat, who, `${command} ${shown}`, async () => (await isDone()) || isAnswered(), true);
  }
}

/** Protects with a lockdown, ends the protection, and puts back what the lockdown closed, with two people. */
function lockdown(name: string, machine: string, standingOf: (scene: Scene) => Standing): Flow {
  return {
    name,
    async play(scene) {
      const { people, judge } = scene;
      const standing = standingOf(scene);
      await scene.begin();
      judge.standing.splice(0, judge.standing.length, standing);
      const isTold = (words: RegExp) => {
        const before = people.told('security').length;
        return () =>
          people
            .told('security')
            .slice(before)
            .some((text) => words.test(text));
      };
      const isProtected = isTold(/is protected on|Already protected/);
      await byPage(scene, 'slack', 'security', `protect ${machine} usual`, () => !standing.stands() && isProtected());
      // What was asked twice, as nothing was heard of it, protects again when it is done after the next command.
      await people.shown();
      const isUnprotected = isTold(/no longer protected|not protected/);
      await people.write('slack', 'security', `unprotect ${machine}`, isUnprotected, true);
      await people.shown();
      for (let tries = 0; tries < 6 && !standing.stands(); tries += 1) {
        const isBack = () => standing.stands();
        const before = people.told('security').length;
        const isHeard = () =>
          isBack() ||
          people
            .told('security')
            .slice(before)
            .some((text) => /Agreed|agreed to this/.test(text));
        await byPage(scene, 'slack', 'security', `restore ${machine}`, isHeard);
        await byPage(scene, 'teams', 'manager', `restore ${machine}`, isBack);
      }
      if (!standing.stands()) throw new Error('what was closed did not come back');
    },
  };
}

/** AWS: the rule that opens legacy-1 to everybody. Azure: whether a deny rule of ours is in front of the one of jump-1. */
const inAws = ({ house }: Scene): Standing => ({
  record: '0.0.0.0/0',
  stands: () =>
    house.services.aws
      .state()
      .groups.some(
        ({ name, rules }) =>
          name === 'launch-wizard-1' &&
          rules.some(({ direction, source }) => direction === 'ingress' && source === '0.0.0.0/0'),
      ),
});
const inAzure = ({ house }: Scene): Standing => ({
  stands: () =>
    !house.services.azure
      .state()
      .nsgs.some(
        ({ name, rules }) =>
          name === 'jump-1-nsg' &&
          rules.some(
            (rule) => rule.access === 'Deny' && rule.name.startsWith('drawbridge') && rule.ports.join() === '22',
          ),
      ),
});

export const FLOWS: readonly Flow[] = [
  access('asked in Slack, approved in Teams, opened, closed (AWS)', 'api-1', 'slack', 'teams'),
  access('asked in Teams, approved in Slack, opened, closed (Azure)', 'web-1', 'teams', 'slack'),
  denied,
  extended,
  closedNow,
  closedAll,
  lockdown('protected with a lockdown, unprotected, put back (AWS)', 'legacy-1', inAws),
  lockdown('protected with a lockdown, unprotected, put back (Azure)', 'jump-1', inAzure),
  unanswered,
];
