import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import { slackError } from '../../../adapters/slack/errors.ts';
import { JitError } from '../../../src/core/errors/errors.ts';

const said = (error: string) => new WebAPIPlatformError({ ok: false, error } as never);

describe('failures of the Web API', () => {
  it.each<[string, unknown, string, string | undefined]>([
    ['an unreachable service', new WebAPIRequestError(new Error('ECONNRESET')), 'chatSilent', undefined],
    ['a 503', new WebAPIHTTPError(503, 'Service Unavailable', {}), 'chatSilent', undefined],
    ['an internal error', said('internal_error'), 'chatSilent', undefined],
    ['a fatal error', said('fatal_error'), 'chatSilent', undefined],
    ['a workspace that moves to an organization', said('org_login_required'), 'chatSilent', undefined],
    ['a channel that is being moved', said('external_channel_migrating'), 'chatSilent', undefined],
    ['throttling without a time', said('ratelimited'), 'chatSilent', undefined],
    ['a revoked token, which says nothing of the card', said('token_revoked'), 'chatSilent', undefined],
    ['an abort', new DOMException('aborted', 'AbortError'), 'chatSilent', undefined],
    ['nothing at all', undefined, 'chatSilent', undefined],
    ['a channel that is not there', said('channel_not_found'), 'chatRefused', 'channel_not_found'],
    ['a channel we are not in', said('not_in_channel'), 'chatRefused', 'not_in_channel'],
    ['an archived channel', said('is_archived'), 'chatRefused', 'is_archived'],
    ['blocks that Slack does not take', said('invalid_blocks'), 'chatRefused', 'invalid_blocks'],
    ['a missing scope', said('missing_scope'), 'chatRefused', 'missing_scope'],
  ])('%s', (_, error, code, word) => {
    const failure = slackError(error);
    expect(failure.code).toBe(code);
    expect(failure.cause).toBe(error);
    expect(failure.retryAfterMs).toBeUndefined();
    if (word) expect(failure.say).toContain(word);
  });

  it('keeps the time after which Slack wants to be asked again, in milliseconds', () => {
    expect(slackError(new WebAPIRateLimitedError(7))).toMatchObject({ code: 'chatBusy', retryAfterMs: 7_000 });
  });

  it('leaves our own errors as they are', () => {
    const own = new JitError('chatRefused', { chat: 'Slack', code: 'externally_shared_channel' });
    expect(slackError(own)).toBe(own);
  });
});
