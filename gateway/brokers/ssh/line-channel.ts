// A terminal channel whose target speaks something else than SSH: the channel gets a line of its own, dialled and logged
// in by another broker, and from then on it is relayed like every other terminal. There are no commands, files or tunnels.

import type { ServerChannel } from 'ssh2'
import type { EndReason } from '../../../policy/index.ts'
import type { Log } from '../../log.ts'
import type { ChannelRecord, Negotiated, TelnetSession } from '../broker.ts'
import type { LineOpened, OpenLine, TerminalLine } from '../terminal-line.ts'
import { startRelay, type Relay } from './relay.ts'

/** The leg of a session whose channels dial by themselves. */
export interface LineLeg {
  readonly kind: 'line'
  readonly session: TelnetSession
  readonly open: OpenLine
  readonly client: Negotiated | null
  readonly dialTimeoutMs: number
  /** Of the line that is dialled next. */
  number(): number
  /** A line could not be opened: where none is left, the session ends with this. */
  failed(reason: EndReason): Promise<void>
}

export const terminalsOnly =
  'the target speaks telnet, which has terminals and nothing else: no commands, no files, no forwarding'
const needsTerminal = `${terminalsOnly}: ask for a terminal with \`ssh -t\``

/** Why this is not to be had of such a target; null where it is. */
export function lineRefusal(command: string | null, hasTerminal: boolean): string | null {
  if (command !== null) return terminalsOnly
  return hasTerminal ? null : needsTerminal
}

export interface LineTerminal {
  readonly term: string
  readonly cols: number
  readonly rows: number
}

/**
 * Opens the line of a channel.
 * @param record bound to the channel.
 */
export async function openLineFor(
  channel: ServerChannel,
  leg: LineLeg,
  terminal: LineTerminal,
  record: ChannelRecord,
  log: Log,
): Promise<LineOpened> {
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  channel.once('close', leave)
  const opened = await leg.open({
    session: leg.session,
    record,
    terminal,
    number: leg.number(),
    client: leg.client,
    dialTimeoutMs: leg.dialTimeoutMs,
    show: (bytes) => {
      if (channel.writable && !channel.destroyed) channel.write(Buffer.from(bytes))
    },
    signal: gone.signal,
    log,
  })
  channel.off('close', leave)
  // It may have left while the last word of the login was on its way.
  if (opened.kind === 'connected' && (gone.signal.aborted || channel.destroyed)) {
    opened.line.destroy()
    return { kind: 'failed', reason: 'client', text: 'the connection was closed' }
  }
  return opened
}

/** Relays. What the line does not say of how its program ended, nobody does: an orderly end is a good one. */
export function relayLine(
  channel: ServerChannel,
  line: TerminalLine,
  { session }: LineLeg,
  record: ChannelRecord,
  log: Log,
): Relay {
  // A reader that was stopped before does not begin by itself.
  line.resume()
  const relay = startRelay(
    channel,
    line,
    () => (line.fault === null ? { code: 0 } : null),
    record,
    true,
    (code) => session.unlock(code),
    (err) => log.error({ err, sessionId: session.id }, 'Recording failed; the session ends'),
  )
  line.once('close', () => {
    if (line.fault !== null) relay.notice(line.fault)
  })
  return relay
}
