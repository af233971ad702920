// The core's end of the channel that Node keeps between a process and its child. Node believes its children: bytes that are
// no message, words of its own protocol out of turn, and handles that nobody asked for end the parent with an uncaught
// error, or fill its memory. A worker is not believed, so that here each of these is a fault of the worker, and no more.
//
// What Node gives to do so is the handle of the channel, which it keeps under a symbol: where it keeps it elsewhere, no
// worker is started.

import type { ChildProcess } from 'node:child_process'
import type { Channel } from './link.ts'

/** The largest message a worker has reason to send is the text of a seal, of 4 MiB. */
const mostUnread = 16 << 20

interface Received {
  close(): void
}

/** The native handle, as lib/internal/child_process.js uses it. */
interface NativeChannel {
  onread: (bytes: ArrayBuffer | undefined) => void
  /** What came along with the bytes that are told next. */
  pendingHandle: Received | null
}

/** What was sent with a handle and is not acknowledged yet. */
type WithPending = ChildProcess & { readonly _pendingMessage?: { readonly handle?: Received | null } | null }

function nativeChannelOf(child: ChildProcess): NativeChannel {
  const symbol = Object.getOwnPropertySymbols(child).find(({ description }) => description === 'kChannelHandle')
  const found = symbol && (child as unknown as Record<symbol, NativeChannel | undefined>)[symbol]
  if (!found || typeof found.onread !== 'function' || found.pendingHandle !== null)
    throw new Error('worker: Node keeps the channel to a child elsewhere than in 24')
  return found
}

/**
 * @param onFault told once; nothing is heard after it.
 * @param onUntold told of what could not be sent.
 * @throws where the child has no channel.
 */
export function openGuardedChannel(
  child: ChildProcess,
  onFault: (why: string) => void,
  onUntold: (error: Error) => void,
): Channel {
  const native = nativeChannelOf(child)
  const emit = child.emit.bind(child) as (event: string | symbol, ...given: unknown[]) => boolean
  let isDoubted = false
  /** Bytes that came since the last whole message. */
  let unread = 0

  function fault(why: string): void {
    if (isDoubted) return
    isDoubted = true
    onFault(`channel: ${why}`)
  }

  function guarded(step: () => void): void {
    if (isDoubted) return
    try {
      step()
    } catch (error) {
      fault(error instanceof Error ? error.message : 'failed')
    }
  }

  const { onread } = native
  native.onread = (bytes) => {
    // The end of the channel is Node's to see, whatever was before.
    if (bytes === undefined) return onread.call(native, bytes)
    const handle = native.pendingHandle
    native.pendingHandle = null
    if (handle !== null) {
      handle.close()
      return fault('expected no handle')
    }
    unread += bytes.byteLength
    if (unread > mostUnread) return fault(`expected messages of at most ${mostUnread} bytes`)
    guarded(() => onread.call(native, bytes))
  }
  child.emit = (event: string | symbol, ...given: unknown[]) => {
    if (event !== 'message' && event !== 'internalMessage') return emit(event, ...given)
    unread = 0
    guarded(() => void emit(event, ...given))
    return true
  }

  // Node (24.21) keeps the handle it sent last until the child says that it has it: of one that dies before, for ever.
  child.once('exit', () => (child as WithPending)._pendingMessage?.handle?.close())

  return {
    send(message, handle) {
      if (!child.connected) return
      child.send(message as object, handle, { keepOpen: false }, (error) => {
        if (error) onUntold(error)
      })
    },
    onMessage: (listener) => child.on('message', listener),
  }
}
