// Logs: pino, one JSON object a line. Lines are fixed sentences with data in fields; secrets never come this far, and
// the field names a credential would travel under are removed all the same.

import { destination, pino, type Logger } from 'pino'

export type Log = Logger

const redact = ['password', 'totp', 'secret', 'token', 'cookie', 'authorization', 'privateKey', 'passphrase']

export function openLog(level: string, to: number | string = 2): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: redact.flatMap((name) => [name, `*.${name}`, `req.headers.${name}`]), censor: '<secret>' },
    },
    destination({ dest: to, sync: true }),
  )
}
