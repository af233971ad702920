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
  return pino(optionsFor(level), stream)
}

/** One line of a log, as it is handed to whoever writes it. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: Record<string, unknown>
  readonly text: string
}

/** A log whose lines are written elsewhere. */
export function openLogInto(level: string, write: (line: LogLine) => void): Log {
  return pino(optionsFor(level), {
    write(line: string) {
      const { level: number, msg, time: _time, ...fields } = JSON.parse(line) as Record<string, unknown>
      const name = typeof number === 'number' && number < 30 ? 'debug' : levelNames.get(Number(number))
      write({ level: name ?? 'error', fields, text: String(msg) })
    },
  })
}

const levelNames = new Map<number, LogLine['level']>([
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
])

const optionsFor = (level: string) => ({
  level,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: { paths: redact.flatMap((name) => [name, `*.${name}`, `req.headers.${name}`]), censor: '<secret>' },
})
