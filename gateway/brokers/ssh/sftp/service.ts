// The subsystem `sftp` of a session: whether the asset is open for it, the same subsystem on the target, and the relay
// between both.

import type { Client, ClientChannel, ServerChannel } from 'ssh2'
import type { Log } from '../../../log.ts'
import type { BrokeredSession, ChannelRecord } from '../../broker.ts'
import { BarredOpening } from '../opening-bar.ts'
import { watchExit, type ExitWatch, type Relay } from '../relay.ts'
import { startSftp } from './relay.ts'

export interface SftpService {
  readonly channel: ServerChannel
  readonly target: Client
  readonly session: BrokeredSession
  /** Binds a record; null where there is no room for one. */
  record(): ChannelRecord | null
  /** Ends the channel with a sentence on standard error. */
  turnAway(text: string): void
  /** Keeps that it was refused as evidence. */
  refuse(): void
  relaying(relay: Relay): void
  readonly log: Log
}

type Opened =
  | { readonly kind: 'ok'; readonly channel: ClientChannel; readonly exit: ExitWatch }
  | { readonly kind: 'failed'; readonly text: string }

function openOnTarget(target: Client): Promise<Opened> {
  return new Promise((resolve) => {
    try {
      target.subsys('sftp', (error: Error | undefined, channel: ClientChannel) => {
        if (error === undefined) return resolve({ kind: 'ok', channel, exit: watchExit(channel) })
        const text = error instanceof BarredOpening ? error.message : 'the target offers no file transfer by SFTP'
        resolve({ kind: 'failed', text })
      })
    } catch {
      // ssh2 throws when the connection ended between our look and this call.
      resolve({ kind: 'failed', text: 'the target closed the connection' })
    }
  })
}

/** Why files do not cross by SFTP here now, or null. */
function barsSftp(session: BrokeredSession): string | null {
  const open = session.features()
  if (open.includes('sftp')) return session.barsFiles()
  const others = (['scp', 'rsync', 'git'] as const).filter((each) => open.includes(each))
  const instead = others.length === 0 ? ', nor by anything else' : `: use ${others.join(' or ')}`
  const { why } = session.flow()
  return `no file transfer: files do not cross to or from this asset by sftp${instead}${why === null ? '' : `; ${why}`}`
}

/** Resolves at the end of the channel. */
export async function serveSftp(service: SftpService): Promise<void> {
  const { channel, target, session, log } = service
  const barred = barsSftp(session)
  if (barred !== null) {
    service.refuse()
    return service.turnAway(barred)
  }
  const record = service.record()
  if (record === null) return service.turnAway(session.unrecorded())
  const opened = await openOnTarget(target)
  if (opened.kind === 'failed') {
    record.notice(opened.text)
    record.close()
    return service.turnAway(opened.text)
  }
  opened.channel.on('error', (err: Error) => log.debug({ err }, 'Target channel failed'))
  const relay = startSftp({ client: channel, target: opened.channel, exit: opened.exit, record, session, log })
  service.relaying(relay)
  await relay.ended
}
