import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AwsSimulator, startAwsSimulator } from '../../simulators/aws/index.ts';
import type { Alarm } from '../../src/app/operators/alarms.ts';
import { secretOf } from '../../src/config/secrets.ts';
import { checkedConfig, loadConfig, readAgain } from '../../src/configuration.ts';
import { phrased } from '../../src/core/language/text.ts';
import type { Diagnosis } from '../../src/core/view/doctor-page.ts';
import { secretExaminer, watchRotation } from '../../src/rotation.ts';
import { broken } from './files.ts';

const never = new AbortController().signal;

describe('secrets that are in a store', () => {
  let aws: AwsSimulator;
  let file: string;
  let reference: (key: string) => string;
  let runs = 0;
  const keep = (secrets: Readonly<Record<string, string>>) =>
    aws.secretsManager.set(`drawbridge/${runs}`, JSON.stringify(secrets));
  const text = () =>
    broken(
      ['env:A', `"${reference('bot')}"`],
      ['env:B', `"${reference('signing')}"`],
      ['aws: {', `aws: { endpoint: "${aws.url}", accessKeyId: env:OWN_ID, secretAccessKey: env:OWN_KEY,`],
      ['places:', `marks: { keys: [{ id: k1, secret: "${reference('mark')}" }] }\nplaces:`],
    );
  const alarms: Alarm[] = [];
  const logged: string[] = [];
  const log = {
    info: (_: unknown, message: string) => void logged.push(message),
    warn: (_: unknown, message: string) => void logged.push(message),
    error: () => expect.unreachable(),
  };
  beforeEach(async () => {
    runs += 1;
    aws = await startAwsSimulator();
    process.env.OWN_ID = aws.accessKeyId;
    process.env.OWN_KEY = aws.secretAccessKey;
    reference = (key) => `secretsManager:${aws.secretsManager.arnOf(`drawbridge/${runs}`)}#${key}`;
    keep({ bot: 'planted-bot', signing: 'planted-signing', mark: 'planted-mark' });
    file = join(mkdtempSync(join(tmpdir(), 'drawbridge-rotation-')), 'drawbridge.yaml');
    writeFileSync(file, text());
    alarms.length = 0;
    logged.length = 0;
  });
  afterEach(() => aws.stop());

  it('are there when the configuration is, and are not asked for offline', async () => {
    expect((await checkedConfig(file, { offline: true })).warnings).toEqual([]);
    expect(aws.log().filter(({ action }) => action === 'GetSecretValue')).toEqual([]);
    const { marks } = await loadConfig(file);
    expect(secretOf(marks.keys?.[0]?.secret ?? '')).toBe('planted-mark');
  });

  it('and cannot be read are all told, with their lines and what to do', async () => {
    aws.secretsManager.isDenied = true;
    const said = await loadConfig(file).then(String, (error: { readonly hint: string }) => error.hint);
    for (const [setting, line] of [
      ['slack.botToken', 2],
      ['slack.signingSecret', 2],
      ['marks.keys[0].secret', 6],
    ])
      expect(said).toMatch(
        new RegExp(
          `${String(setting).replace(/[[\].]/g, '\\$&')}: the secret secretsManager:.* cannot be read: .*secrets\\.yaml\\) \\(line ${line}\\)`,
        ),
      );
    const again = await readAgain(text());
    expect('faults' in again && again.faults).toHaveLength(3);
  });

  it('are asked for again: who takes the newest has it, and the operators are told of the others', async () => {
    const config = await loadConfig(file);
    const rotation = watchRotation(
      { config },
      { alarms: { raise: async (alarm) => void alarms.push(alarm) }, log },
      1_000_000,
    );
    await rotation.look();
    expect([alarms, logged]).toEqual([[], []]);
    keep({ bot: 'planted-bot-2', signing: 'planted-signing', mark: 'planted-mark' });
    await rotation.look();
    expect([secretOf(reference('bot')), alarms, logged]).toEqual(['planted-bot-2', [], ['secrets were rotated']]);
    keep({ bot: 'planted-bot-2', signing: 'planted-signing', mark: 'planted-mark-2' });
    await rotation.look();
    await rotation.look();
    expect(alarms.map(({ lines }) => lines.map((line) => phrased(line)))).toEqual([
      ['They are taken up at the next start: marks.keys.secret.'],
    ]);
    expect(logged).toEqual(['secrets were rotated', 'secrets were rotated']);
    aws.secretsManager.isDenied = true;
    await rotation.look();
    expect(secretOf(reference('bot'))).toBe('planted-bot-2');
    expect(logged.at(-1)).toBe('secrets could not be read again; the last ones go on');
    rotation.stop();
    const found = await secretExaminer({ config }).examine([], never);
    expect(found.map(({ verdict }: Diagnosis) => verdict)).toEqual(['fault', 'fault', 'fault', 'unknown']);
    expect(found).toContainEqual(
      expect.objectContaining({
        of: 'AWS Secrets Manager',
        means: 'Secrets Manager does not let Drawbridge read it (AccessDeniedException).',
        remedy: 'Allow secretsmanager:GetSecretValue (manifests/aws/secrets.yaml).',
      }),
    );
    expect(JSON.stringify([found, alarms])).not.toContain('planted');
  });
});
