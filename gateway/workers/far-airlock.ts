// The airlock of a session, as a worker sees it: files in quarantine stand in the core's spool, and are judged there.

import type { Airlock, HeldFile } from '../airlock/airlock.ts'
import type { Link } from './link.ts'
import type { CoreSide } from './wire.ts'

export interface FarFiles {
  airlockOf(session: string): Airlock
  /** What a file waits for, in words for the user. */
  told(file: string, text: string): void
}

export function openFarFiles(core: Link<CoreSide>): FarFiles {
  /** Files somebody waits for, and whom to tell. */
  const settling = new Map<string, (text: string) => void>()

  function held(file: string): HeldFile {
    let size = 0
    return {
      id: file,
      get size() {
        return size
      },
      async write(offset, bytes) {
        const fault = await core.call('file.write', { file, offset, bytes })
        if (fault === null) size = Math.max(size, offset + bytes.length)
        return fault
      },
      read: (offset, length) => core.call('file.read', { file, offset, length }),
      async truncate(to) {
        const fault = await core.call('file.truncate', { file, size: to })
        if (fault === null) size = to
        return fault
      },
      async settle(tell, signal) {
        const abort = (): void => core.tell('file.abort', { file })
        settling.set(file, tell)
        signal.addEventListener('abort', abort, { once: true })
        try {
          const settled = core.call('file.settle', { file })
          // After the call, so that there is something to be aborted.
          if (signal.aborted) abort()
          return await settled
        } finally {
          settling.delete(file)
          signal.removeEventListener('abort', abort)
        }
      },
      async delivered(text) {
        await core.call('file.delivered', { file, text })
      },
      async abandon(text) {
        await core.call('file.abandon', { file, text })
      },
    }
  }

  return {
    airlockOf: (session) => ({
      async takeIn(offer) {
        const answer = await core.call('file.takeIn', { session, offer: plainOffer(offer) })
        return answer.kind === 'open' ? { kind: 'open', file: held(answer.file) } : answer
      },
      async crossed(file) {
        const { bytes, sha256 } = file
        await core.call('file.crossed', { session, file: { ...plainOffer(file), bytes, sha256 } })
      },
      async stepped({ program, step, path, to, refused }) {
        await core.call('file.stepped', { session, step: { program, step, path, to, refused } })
      },
    }),
    told: (file, text) => settling.get(file)?.(text),
  }
}

/** Lists that may be changed, as messages have them. */
function plainOffer({ program, direction, path, allowance }: Parameters<Airlock['takeIn']>[0]) {
  const { rules, releasedBy, retention } = allowance
  const lists = { rules: [...rules], releasedBy: [...releasedBy], retention: [...retention] }
  return { program, direction, path, allowance: { ...allowance, ...lists } }
}
