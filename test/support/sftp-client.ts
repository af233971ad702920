// The subsystem `sftp` of a connection, asked packet by packet: also what no program would send.

import type { Client, ClientChannel } from 'ssh2'

import { PacketSplitter } from '../../gateway/guards/sftp/splitter.ts'
import { readReply, type SftpReply } from '../../gateway/guards/sftp/replies.ts'
import { writeRequest, type TargetRequest } from '../../gateway/guards/sftp/requests.ts'

type Without<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never

export interface SftpClient {
  readonly channel: ClientChannel
  /** What has come on standard error. */
  told(): string
  /** Asks, and gives the answer. @throws when the channel has ended before it came. */
  ask(request: Without<TargetRequest>): Promise<SftpReply>
  /** Sends bytes as they are. `id` waits for an answer to it. */
  send(bytes: Uint8Array): void
  answerTo(id: number): Promise<SftpReply>
  readonly closed: Promise<void>
}

/** Opens it; the version has been agreed on when this resolves. @throws when the channel is refused or ends before. */
export async function openSftp(client: Client): Promise<SftpClient> {
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    // ssh2 would speak SFTP itself through `sftp`; `subsys` gives the channel.
    client.subsys('sftp', (error, opened) => (error ? reject(error) : resolve(opened)))
  })
  const splitter = new PacketSplitter()
  const waiting = new Map<number, (reply: SftpReply | null) => void>()
  const early = new Map<number, SftpReply>()
  let told = ''
  let isOver = false
  let next = 1
  const greeted = Promise.withResolvers<boolean>()
  let isGreeted = false
  channel.on('error', () => channel.destroy())
  channel.stderr.on('data', (part: Buffer) => (told += part.toString()))
  channel.on('data', (part: Buffer) => {
    for (const frame of splitter.take(part)) {
      if (!isGreeted) {
        isGreeted = true
        greeted.resolve(true)
        continue
      }
      const reply = readReply(frame)
      const settle = waiting.get(reply.id)
      if (!settle) early.set(reply.id, reply)
      waiting.delete(reply.id)
      settle?.(reply)
    }
  })
  const closed = new Promise<void>((resolve) => channel.once('close', () => resolve()))
  void closed.then(() => {
    isOver = true
    greeted.resolve(false)
    for (const settle of waiting.values()) settle(null)
  })
  channel.write(writeRequest({ kind: 'init', version: 3 }))
  if (!(await greeted.promise)) throw new Error(`no SFTP: ${told}`)

  async function answerTo(id: number): Promise<SftpReply> {
    const known = early.get(id)
    if (known) {
      early.delete(id)
      return known
    }
    const reply = isOver ? null : await new Promise<SftpReply | null>((resolve) => waiting.set(id, resolve))
    if (reply === null) throw new Error(`the channel has ended: ${told}`)
    return reply
  }
  return {
    channel,
    told: () => told,
    ask(request) {
      const id = next++
      channel.write(writeRequest({ ...request, id } as TargetRequest))
      return answerTo(id)
    },
    send: (bytes) => void channel.write(Buffer.from(bytes)),
    answerTo,
    closed,
  }
}
