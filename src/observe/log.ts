import pino from 'pino';
import type { Log } from '../ports/log.ts';

/**
 * JSON lines on standard error: a static message, data in fields. Errors are written with their stack and cause; fields
 * that could hold a secret are masked wherever they stand.
 */
export function jsonLog(level: string = process.env.LOG_LEVEL ?? 'info'): Log {
  const secrets = [
    'token',
    'secret',
    'password',
    'authorization',
    'botToken',
    'appToken',
    'signingSecret',
    'clientSecret',
  ];
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '***' },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
