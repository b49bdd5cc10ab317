import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SlackView } from '../../../simulators/slack/types.ts';
import type { Form } from '../../../src/ports/inbox.ts';
import { ADA, CHANNEL, FORM, type Rig, startRig } from './harness.ts';

const [WEB_1, DB_1] = FORM.machines.map(({ value }) => value) as [string, string];
const choice = (value: string) => ({ value, label: value });

/** What is offered once a machine is chosen. */
const ON: Readonly<Record<string, Form>> = {
  [WEB_1]: { ...FORM, about: { lines: [['Asks ', { person: 'grace', name: 'Grace' }, '.']] } },
  [DB_1]: {
    ...FORM,
    ports: ['5432', '22'].map(choice),
    durations: ['15 min', '30 min'].map(choice),
    source: '198.51.100.9',
    about: { lines: [['Asks Sam.'], ['At most 30 min in all.']] },
  },
};

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
  rig.script.command = () => ({ lines: [], refused: false, openForm: { form: 'request' } });
  rig.script.form = (typed) => ON[typed?.machine ?? ''] ?? FORM;
});
afterEach(() => rig.stop());

const modal = () => rig.slack.state(ADA).views[ADA]?.at(-1) as SlackView;
const words = () => JSON.stringify(modal()?.blocks ?? []);
const says = (text: string) => vi.waitFor(() => expect(words()).toContain(text));
const input = (block: string) => {
  const found = modal().blocks.find(({ block_id }) => block_id === block) as { element?: unknown } | undefined;
  return found?.element as { action_id: string; options?: readonly { value: string }[] };
};
const held = (block: string) => {
  const { values } = modal().state as { values: Record<string, Record<string, Record<string, unknown>>> };
  const state = values[block]?.[input(block).action_id] ?? {};
  const options = (state.selected_options ?? [state.selected_option ?? state.value]) as readonly unknown[];
  return options.map((one) => (one as { value?: string } | null)?.value ?? one);
};
const put = (block: string, given: string | string[]) =>
  rig.slack.changeInView(ADA, modal().id, input(block).action_id, given, block);
const choose = (machine: string) => put('machine', machine);

async function opened(): Promise<void> {
  await rig.slack.command(ADA, CHANNEL, '/jit request');
  await says('justification');
}

describe('the form, once a machine is chosen', () => {
  it('offers what there is on it, and says whom it asks', async () => {
    await opened();
    await choose(DB_1);
    await says('Asks Sam.\\nAt most 30 min in all.');
    expect(input('ports').options?.map(({ value }) => value)).toEqual(['5432', '22']);
    expect(input('duration').options?.map(({ value }) => value)).toEqual(['15 min', '30 min']);
    expect([held('machine'), held('source')]).toEqual([[DB_1], ['198.51.100.9']]);
  });

  it('shows people as Slack does', async () => {
    await opened();
    await choose(WEB_1);
    await says('Asks <@');
  });

  it('keeps what was written, and what is still offered', async () => {
    await opened();
    await put('justification', 'deploy');
    await put('start', '18:00');
    await put('source', '203.0.113.99');
    await put('ports', ['22', '3389']);
    await put('duration', '15 min');
    await choose(DB_1);
    await says('Asks Sam.');
    const all = ['justification', 'start', 'source', 'ports', 'duration'].map(held);
    expect(all).toEqual([['deploy'], ['18:00'], ['203.0.113.99'], ['22'], ['15 min']]);
  });

  it('never sends what is offered no more', async () => {
    await opened();
    await put('ports', ['3389']);
    await put('duration', '1 h');
    await choose(DB_1);
    await says('Asks Sam.');
    expect([held('ports'), held('duration')]).toEqual([['5432'], ['15 min']]);
    await rig.slack.submitView(ADA, modal().id, { justification: { justification: 'deploy' } });
    await vi.waitFor(() => expect(rig.calls.some(({ what }) => what === 'submit')).toBe(true));
    expect(rig.calls.find(({ what }) => what === 'submit')).toMatchObject({
      filled: { machine: DB_1, ports: ['5432'], duration: '15 min', source: '198.51.100.9', justification: 'deploy' },
    });
  });

  it('shows a fault at its field afterwards', async () => {
    await opened();
    await choose(DB_1);
    await says('Asks Sam.');
    rig.script.submit = () => ({ lines: [], refused: true, faults: { ports: 'Not protected.' } });
    const filled = { justification: { justification: 'deploy' } };
    expect(await rig.slack.submitView(ADA, modal().id, filled)).toMatchObject({ errors: { ports: 'Not protected.' } });
  });

  it('follows the newest choice, whichever answer comes first', async () => {
    await opened();
    const late = Promise.withResolvers<Form>();
    rig.script.form = (typed) => (typed?.machine === WEB_1 ? late.promise : (ON[DB_1] as Form));
    await choose(WEB_1);
    await choose(DB_1);
    await says('Asks Sam.');
    late.resolve(ON[WEB_1] as Form);
    // Waits for what is under way.
    await rig.adapter.stop();
    expect(words()).toContain('Asks Sam.');
  });

  it('is drawn once more where something else was drawn meanwhile', async () => {
    await opened();
    rig.slack.faults.add('views.update', { kind: 'error', status: 200, code: 'hash_conflict' });
    await choose(DB_1);
    await says('Asks Sam.');
  });

  it('that was closed meanwhile is nobody’s trouble', async () => {
    await opened();
    const late = Promise.withResolvers<Form>();
    rig.script.form = () => late.promise;
    await choose(DB_1);
    await rig.slack.closeView(ADA, modal().id);
    late.resolve(ON[DB_1] as Form);
    await rig.adapter.stop();
    expect([rig.log, rig.seen(ADA)]).toEqual([[], []]);
  });

  it('keeps what was written where it may not be asked for any more', async () => {
    await opened();
    await put('justification', 'deploy');
    rig.script.form = () => ({ ...FORM, refusal: 'No policy lets you request access to db-1.' });
    await choose(DB_1);
    await says('No policy lets you request access to db-1.');
    expect(held('justification')).toEqual(['deploy']);
  });

  it('is not kept in the journal: it does nothing', async () => {
    await opened();
    const kept: unknown[] = [];
    const accept = rig.once.answer;
    rig.once.answer = (delivery) => {
      kept.push(delivery.what);
      return accept(delivery);
    };
    await choose(DB_1);
    await says('Asks Sam.');
    expect(kept).toEqual([undefined]);
  });
});

describe('a machine that is not protected', () => {
  const closed: Form = {
    ...FORM,
    about: { lines: [['db-1 is not protected.']], isUnprotected: true },
  };

  beforeEach(() => {
    rig.script.form = (typed) => (typed ? closed : FORM);
  });

  it('has one press that tells a protector, and says so in the form', async () => {
    await opened();
    await choose(DB_1);
    await says('Ask a protector');
    await rig.slack.changeInView(ADA, modal().id, 'jit_protector');
    await says('Asked Sam.');
    expect(words()).not.toContain('Ask a protector');
    expect(rig.calls.filter(({ what }) => what === 'askProtector')).toMatchObject([{ machine: DB_1 }]);
    expect(rig.seen(ADA)).toEqual([]);
  });

  it('says so as a message where the form is gone', async () => {
    await opened();
    await choose(DB_1);
    await says('Ask a protector');
    const asked = Promise.withResolvers<void>();
    rig.script.askProtector = async () => {
      await asked.promise;
      return { lines: [['Asked Sam.']], refused: false };
    };
    await rig.slack.changeInView(ADA, modal().id, 'jit_protector');
    await rig.slack.closeView(ADA, modal().id);
    asked.resolve();
    await vi.waitFor(() => expect(rig.seen(ADA)).toEqual(['Asked Sam.']));
  });
});
