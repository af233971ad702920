// A question to the target in a channel of its own: a short command of the gateway's, and what it answers. Both are
// recorded as events of the channel they are asked for. The target is not trusted: how much it says and how long it
// takes has bounds.

import type { Client } from 'ssh2'
import type { ChannelRecord } from '../../broker.ts'
import { startOwn } from './own-commands.ts'

export type Reply =
  | { readonly kind: 'answered'; readonly text: string }
  /** One clause. */
  | { readonly kind: 'failed'; readonly text: string }

export type Ask = (command: string) => Promise<Reply>

const mostBytes = 256 * 1024
const patienceMs = 20_000
const failed = (text: string): Reply => ({ kind: 'failed', text })

/** @param signal ends a question that is still open; it is answered as failed. */
export function openAsk(client: Client, record: Pick<ChannelRecord, 'event'>, signal: AbortSignal): Ask {
  return async (command) => {
    record.event({ event: 'asked', command })
    const reply = await ask(client, command, signal)
    record.event({ event: reply.kind, text: reply.text })
    return reply
  }
}

async function ask(client: Client, command: string, signal: AbortSignal): Promise<Reply> {
  const started = await startOwn(client, command)
  if (started.kind === 'failed') return started
  const { channel } = started
  return new Promise((resolve) => {
    const said: Buffer[] = []
    let bytes = 0
    const settle = (reply: Reply): void => {
      clearTimeout(late)
      signal.removeEventListener('abort', abort)
      resolve(reply)
      channel.destroy()
    }
    const late = setTimeout(() => settle(failed('the target did not answer in time')), patienceMs)
    const abort = (): void => settle(failed('the session ended'))
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) return abort()
    channel.on('error', () => settle(failed('the target broke off')))
    channel.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes > mostBytes) settle(failed('the target answers with more than a folder is worth'))
      else said.push(part)
    })
    // What it complains about is seen in what is missing.
    channel.stderr.resume()
    channel.once('close', () => settle({ kind: 'answered', text: Buffer.concat(said).toString('utf8') }))
    channel.end()
  })
}
