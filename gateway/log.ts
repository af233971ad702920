// Logs: pino, one JSON object a line. Lines are fixed sentences with data in fields; secrets never come this far, and
// the field names a credential would travel under are removed all the same.

import { destination, pino, type Logger } from 'pino'

export type Log = Logger

const redact = ['password', 'totp', 'secret', 'token', 'cookie', 'authorization', 'privateKey', 'passphrase']

/** Lines that wait, in bytes, while they cannot be written; further ones are lost. */
const mostWaiting = 1 << 20

export function openLog(level: string, to: number | string = 2): Log {
  const stream = destination({ dest: to, sync: true, maxLength: mostWaiting })
  // A disk that is full for the log must not end a gateway that still has sessions to end in order, and there is nowhere
  // to tell it: the lines wait, and are written with the next one that can be.
  stream.on('error', () => undefined)
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: redact.flatMap((name) => [name, `*.${name}`, `req.headers.${name}`]), censor: '<secret>' },
    },
    stream,
  )
}
