import { describe, expect, it } from 'vitest';
import { people } from '../../../simulators/world.ts';
import { teamsHarness } from './harness.ts';

const { requester: ada } = people;
const h = teamsHarness();
const firstAnswer = () => h.eventually(() => h.chatOf(ada.entraId).find(({ from }) => from.isBot)?.text);
const firstForm = () => h.eventually(() => h.chatOf(ada.entraId).find(({ cards }) => cards.length > 0));

describe('the form for the ports of a machine', () => {
  const open = async () => {
    h.inbox.answer = { lines: [], refused: false, openForm: { form: 'ports', machine: 'web-1' } };
    await h.sim.say(ada.entraId, 'personal', 'protect web-1');
    return firstForm();
  };

  it('shows the ports as they are, and becomes what came of them', async () => {
    const activity = await open();
    expect(JSON.stringify(activity.cards)).toContain('"value":"22 for 1 d\\n3389 for 3 h"');
    h.inbox.formAnswer = { lines: [['web-1 is protected on 8443.']], refused: false };
    await h.sim.execute(ada.entraId, activity.id, { verb: 'submitPorts', inputs: { ports: '8443' } });
    expect(h.inbox.lined).toEqual([{ machine: 'azure:web-1', version: 'v1', ports: '8443' }]);
    expect(JSON.stringify((await firstForm()).cardsFor[ada.entraId])).toContain('web-1 is protected on 8443.');
  });

  it('comes back with what is wrong and what was typed', async () => {
    const { id } = await open();
    h.inbox.formAnswer = { lines: [['Twice.']], refused: true, faults: { ports: 'Port 22 is listed twice.' } };
    await h.sim.execute(ada.entraId, id, { verb: 'submitPorts', inputs: { ports: '22\n22' } });
    const shown = JSON.stringify((await firstForm()).cardsFor[ada.entraId]);
    for (const text of ['Port 22 is listed twice.', '"value":"22\\n22"']) expect(shown).toContain(text);
    h.inbox.formAnswer = { lines: [['Somebody changed it.']], refused: true };
    const seen = await h.sim.execute(ada.entraId, id, { verb: 'submitPorts', inputs: { ports: '22' } });
    expect(seen.notice).toBe('Somebody changed it.');
  });

  it('is not shown to somebody who may not protect', async () => {
    h.inbox.portsShown = { refusal: 'You may not.', machine: '', name: '', lines: '', version: '' };
    h.inbox.answer = { lines: [], refused: false, openForm: { form: 'ports', machine: 'web-1' } };
    await h.sim.say(ada.entraId, 'personal', 'protect web-1');
    expect(await firstAnswer()).toBe('You may not.');
  });
});
