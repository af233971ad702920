// A command that was recognised as a file program: refuses it where it is not open or not now, in words its user sees, and
// hands it to the part that knows it. How it is recognised is guards/commands'.

import { recognise, type Recognised } from '../../../guards/commands/recognise.ts'
import { formatNo, plainText } from '../../../guards/scp/messages.ts'
import type { Log } from '../../../log.ts'
import type { BrokeredSession, ChannelRecord } from '../../broker.ts'
import { openAsk } from './ask.ts'
import type { ProgramParts, Ran } from './parts.ts'
import { openPlaces } from './places.ts'
import { runScp } from './scp-program.ts'
import { runTree } from './tree-program.ts'

export type FileCall = Exclude<Recognised, { kind: 'command' }>

export interface TransferParts extends Pick<ProgramParts, 'channel' | 'target' | 'session' | 'relaying'> {
  /** As the client sent it. */
  readonly command: string
  /** Binds a record; null where there is no room for one. */
  record(): ChannelRecord | null
  /** Ends the channel with a sentence on standard error. */
  turnAway(text: string): void
  /** Keeps that it was refused as evidence. */
  refuse(): void
  readonly log: Log
}

/**
 * The file program a command starts; null where it is a command like any other. One that the plant vouched for word by
 * word, for a machine account or for who only looks, is a command, too, where files do not cross by its program.
 */
export function fileCallOf(command: string, session: BrokeredSession): FileCall | null {
  const call = recognise(command)
  if (call.kind === 'command') return null
  if (call.kind === 'refused' || session.features().includes(call.kind)) return call
  const isVouched = (session.isMachine || session.onlyLooks()) && session.barsOpening(command) === null
  return isVouched ? null : call
}

/** Why it may not run at all, or null. */
function barredBy(call: FileCall, session: BrokeredSession): string | null {
  if (call.kind === 'refused') return call.text
  const open = session.features()
  if (open.includes(call.kind)) return session.barsFiles()
  const others = (['sftp', 'scp', 'rsync', 'git'] as const).filter((each) => open.includes(each))
  return others.length === 0
    ? `files do not cross to or from this asset by ${call.kind}, nor by anything else`
    : `files do not cross to or from this asset by ${call.kind}: use ${others.join(' or ')}`
}

/** Resolves at the end of the channel. */
export async function serveTransfer(call: FileCall, parts: TransferParts): Promise<void> {
  const { channel, target, session, log, command } = parts
  const barred = barredBy(call, session)
  if (barred !== null) {
    parts.refuse()
    // Who could not have run it as a command either is told that.
    const asCommand =
      call.kind === 'refused' || session.features().includes(call.kind) ? null : session.barsOpening(command)
    return asCommand === null ? end(call, parts, barred) : parts.turnAway(asCommand)
  }
  const record = parts.record()
  if (record === null) return end(call, parts, session.unrecorded())
  const left = new AbortController()
  channel.once('close', () => left.abort())
  const find = openPlaces(openAsk(target, record, left.signal))
  let ran: Ran
  try {
    const given = { channel, target, session, record, find, log, relaying: parts.relaying }
    ran = await (call.kind === 'scp'
      ? runScp(call, given)
      : runTree(call as Exclude<FileCall, { kind: 'scp' | 'refused' }>, given))
  } catch (error) {
    record.close()
    throw error
  }
  if (ran.kind === 'ran') return
  record.notice(ran.text)
  record.close()
  end(call, parts, ran.text)
}

/** scp shows what its own protocol says, and drops what comes on standard error after its end; the others show the latter. */
function end(call: FileCall, { channel, turnAway }: TransferParts, text: string): void {
  const speaksScp = call.kind === 'scp' || (call.kind === 'refused' && call.program === 'scp')
  if (!speaksScp || channel.writableEnded) return turnAway(plainText(Buffer.from(text)))
  channel.write(formatNo(text, true), () => {
    channel.exit(1)
    channel.end()
    channel.resume()
  })
}
