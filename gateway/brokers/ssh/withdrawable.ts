// A channel that the target was asked for, taken back where its client leaves before the target has answered. ssh2 (1.17,
// lib/client.js, openChannel) sends a shell or a command as soon as the channel is confirmed, and lets nobody take it back.

import type { Client } from 'ssh2'

interface Opening {
  _callbacks: unknown[]
  close(): void
}
/** What ssh2 keeps until the target has confirmed. */
interface Asked {
  (error: Error | undefined, channel?: Opening): void
  readonly type: string
}
interface Inside {
  readonly _chanMgr?: {
    /** The number given last. */
    readonly _cur?: number
    get(id: number): Asked | Opening | undefined
    update(id: number, asked: Asked): void
  }
}

/**
 * Asks for one channel by calling `open`. What comes takes it back: of what is not sent yet nothing is, and what has been
 * started loses its channel. Neither is told to whoever opened it.
 * @throws when this ssh2 keeps its channels elsewhere, and what `open` throws.
 */
export function withdrawable(target: Client, open: () => void): () => void {
  const channels = (target as unknown as Inside)._chanMgr
  if (typeof channels?._cur !== 'number') throw new Error('ssh2 keeps its channels elsewhere than in 1.17')
  open()
  const id = channels._cur
  return () => {
    const found = channels.get(id)
    if (typeof found === 'function') {
      const close = (_error: Error | undefined, channel?: Opening): void => channel?.close()
      channels.update(id, Object.assign(close, { type: found.type }))
    } else if (found) {
      found._callbacks = []
      found.close()
    }
  }
}
