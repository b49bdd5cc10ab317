import { expect, it } from 'vitest';
import { configOf, SMALL } from './files.ts';

it('the audit is kept in files for 400 days, none of it is dropped from Redis, and the clouds’ logs are read, unless the file says otherwise', () => {
  const { audit } = configOf(SMALL);
  expect(audit).toMatchObject({ files: { enabled: true }, keepDays: 400, keep: 'all', cloudLogs: true });
  expect([audit.https, audit.s3, audit.azureLogs, audit.otlp]).toEqual([[], undefined, undefined, undefined]);
});

it('nothing is served to operators unless it is written, then to this computer alone, with a token, and without metrics', () => {
  expect(configOf(SMALL).http.admin).toBeUndefined();
  const admin = (settings: string) => configOf(`${SMALL}http: { admin: { ${settings} } }\n`).http.admin;
  expect(admin('token: env:T')).toMatchObject({ host: '127.0.0.1', metrics: false });
  expect(() => admin('metrics: true')).toThrow('http.admin.token');
});

it('what goes to a bucket that nobody can change is sealed with keys of people', () => {
  const s3 = 'audit: { s3: { bucket: audit-bucket, region: eu-west-1 } }\n';
  expect(configOf(SMALL + s3).audit.s3).toMatchObject({ people: 'sealed', days: 400 });
});
