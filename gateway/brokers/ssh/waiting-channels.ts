// The channels of a connection that wait for its target: who sits at one is told what they wait for, and why it ends where
// it does; what they type meanwhile is counted, for it is not meant to take effect all at once.

import type { ServerChannel } from 'ssh2'
import type { BrokeredSession, TelnetSession } from '../broker.ts'
import { turnAway } from './channel.ts'

export class WaitingChannels {
  readonly #waiting = new Set<ServerChannel>()
  /** What was typed on a channel while it waited for somebody of the plant to come along, in bytes. */
  readonly #typedAhead = new WeakMap<ServerChannel, number>()

  add(channel: ServerChannel): void {
    this.#waiting.add(channel)
    channel.once('close', () => this.#waiting.delete(channel))
  }

  /** It waits no more. */
  delete(channel: ServerChannel): void {
    this.#waiting.delete(channel)
  }

  /** Bytes typed on it before the session began. */
  typedAhead(channel: ServerChannel): number {
    return this.#typedAhead.get(channel) ?? 0
  }

  /** Ends each of them with this text. Resolves when their clients have closed them. */
  async turnAway(text: string): Promise<void> {
    const closed = [...this.#waiting].map(
      (channel) =>
        new Promise<void>((resolve) => {
          channel.once('close', resolve)
          turnAway(channel, text)
        }),
    )
    await Promise.all(closed)
  }

  /** Whoever waits is told for what. Resolves when the session has begun: true; or with false when it ended before. */
  async begun(session: Pick<BrokeredSession | TelnetSession, 'waitsFor' | 'begun'>): Promise<boolean> {
    const { waitsFor } = session
    if (waitsFor === null) return session.begun()
    for (const channel of this.#waiting)
      if (!channel.stderr.writableEnded) channel.stderr.write(`[sallyport] ${waitsFor}\r\n`)
    const began = await session.begun()
    for (const channel of this.#waiting) this.#typedAhead.set(channel, channel.readableLength)
    return began
  }
}
