// The endpoint of an asset that speaks telnet and nothing better: where it is dialled, what bears the clear text, and what
// the target says while the gateway logs in. A prompt is a text with stars and never an expression from outside.

import { quote } from '../ids.ts'
import type { Endpoint, LoginDialogue, TelnetEndpoint } from '../model.ts'
import type { Place } from './document.ts'
import { readInteger, readMap, readOptional, readText, shape, whole } from './fields.ts'
import type { Problems } from './problem.ts'
import type { Reading } from './reading.ts'

export const telnetEndpointShape = shape(['protocol', 'host', 'port', 'account', 'credential', 'exception', 'login'])
export const loginShape = shape(['password', 'success'], ['account', 'failure', 'seconds'])

export const longestPrompt = 120
export const longestLoginSeconds = 120
export const standardLoginSeconds = 30

export function isTelnetEndpoint({ value }: Place): boolean {
  if (value.kind !== 'map') return false
  const protocol = value.entries.get('protocol')?.value
  return protocol?.kind === 'scalar' && protocol.value === 'telnet'
}

/** Reads what every endpoint has as that of every other is read. */
export interface CommonReaders {
  host(at: Place | null): string | null
  account(at: Place | null): string | null
  credential(at: Place | null): string | null
}

export function parseTelnetEndpoint(place: Place, reading: Reading, read: CommonReaders): TelnetEndpoint | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, telnetEndpointShape)
  if (fields === null) return null
  const exception = readText(problems, fields.get('exception'), 60)
  if (exception !== null) references.refer('exception', exception, fields.at('exception'))
  const endpoint = whole<TelnetEndpoint>({
    protocol: 'telnet',
    host: read.host(fields.get('host')),
    port: readInteger(problems, fields.get('port'), 1, 65535),
    account: read.account(fields.get('account')),
    credential: read.credential(fields.get('credential')),
    exception,
    login: readLogin(fields.get('login'), problems),
  })
  return endpoint && reading.keep(endpoint, place)
}

function readLogin(place: Place | null, problems: Problems): LoginDialogue | null {
  const fields = readMap(problems, place, loginShape)
  if (fields === null) return null
  const dialogue = whole<Pick<LoginDialogue, 'password' | 'success' | 'seconds'>>({
    password: readPrompt(fields.get('password'), problems),
    success: readPrompt(fields.get('success'), problems),
    seconds: readOptional(fields.get('seconds'), standardLoginSeconds, (at) =>
      readInteger(problems, at, 1, longestLoginSeconds),
    ),
  })
  const account = readOptional(fields.get('account'), null, (at) => readPrompt(at, problems))
  const failure = readOptional(fields.get('failure'), null, (at) => readPrompt(at, problems))
  return dialogue && { ...dialogue, ...(account !== null && { account }), ...(failure !== null && { failure }) }
}

/** With nothing but stars it would be found in whatever is said, and the password sent to it. */
function readPrompt(place: Place | null, problems: Problems): string | null {
  const text = readText(problems, place, longestPrompt)
  if (text === null || place === null) return null
  if (/[^*\s]/.test(text)) return text
  problems.report(place, `expected a text the target says, with \`*\` for what may change in it, got ${quote(text)}`)
  return null
}

/** Where SSH is spoken nobody is led over the clear. */
export function checkClearText(endpoints: readonly Endpoint[], place: Place, problems: Problems): boolean {
  const spoken = endpoints.map(({ protocol }) => protocol)
  if (!spoken.includes('telnet') || !spoken.includes('ssh')) return true
  problems.report(place, 'the asset has an `ssh` endpoint: leave out `telnet`, which carries everything in clear text')
  return false
}
