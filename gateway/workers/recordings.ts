// The recordings a worker writes: opened when the core asks for it, bound to channels here, sealed with the core's
// signature. What a session's end and rest depend on is told to the core a few times a second.

import {
  createRecording,
  type Disk,
  type LaterSigner,
  type Recording,
  type RecordingOptions,
} from '../../recorder/index.ts'
import type { Clock } from '../clock.ts'
import { ChannelBook } from '../sessions/channel-book.ts'
import type { Answering, Link } from './link.ts'
import type { CoreSide, RecordingWish, WorkerSide } from './wire.ts'

/** How long what has grown may be untold, ms. */
const toldWithinMs = 250

export interface OwnRecording {
  readonly book: ChannelBook
  /** Does it wait for room on the disk? Then nothing may be read that could not be recorded. */
  readonly waits: boolean
  /** Told when it begins to wait, and when it goes on. */
  onWaiting(listener: () => void): void
  /** Tells the core at once what has grown. */
  tell(): void
}

export interface OwnRecordings {
  get(session: string): OwnRecording | null
  readonly answering: Pick<
    Answering<WorkerSide>,
    'recording.open' | 'recording.sync' | 'recording.heads' | 'recording.tryAgain' | 'recording.seal'
  >
  close(): void
}

export interface OwnRecordingsDeps {
  readonly core: Link<CoreSide>
  readonly clock: Clock
  readonly root: string
  readonly recipients: readonly string[]
  readonly signer: { readonly name: string; readonly vkey: string }
  readonly disk: Disk
}

interface Kept extends OwnRecording {
  readonly recording: Recording
}

export function openRecordings({ core, clock, root, recipients, signer, disk }: OwnRecordingsDeps): OwnRecordings {
  const all = new Map<string, Kept>()
  const timer = setInterval(() => {
    for (const one of all.values()) one.tell()
  }, toldWithinMs)

  const known = (session: string): Kept => {
    const found = all.get(session)
    if (found === undefined) throw new Error(`recording of \`${session}\`: is not here`)
    return found
  }

  /** The key that signs stays in the core, which looks at what it signs. */
  const sealer = (session: string): LaterSigner => ({
    ...signer,
    sign: (text) => core.call('seal.sign', { session, text }),
  })

  function keep(session: string, recording: Recording, { startedAt, masksPrompts }: RecordingWish): Kept {
    let waits = false
    let onWaiting: () => void = () => undefined
    let told = ''
    const failed = (error: unknown): void => {
      const message = error instanceof Error ? error.message : String(error)
      core.tell('recording.failed', { session, message })
    }
    const book = new ChannelBook(recording, clock.now, { startedAt, masksPrompts }, failed)
    recording.onWaiting((now) => {
      waits = now
      onWaiting()
      core.tell('recording.waits', { session, waits })
    })
    return {
      recording,
      book,
      get waits() {
        return waits
      },
      onWaiting(listener) {
        onWaiting = listener
      },
      tell() {
        const { counts, hasTerminal, takesChannels, typedAt, movedAt } = book
        const grown = { length: recording.length, ...counts, hasTerminal, takesChannels, typedAt, movedAt }
        const text = `${Object.values(grown).join()}`
        if (text === told) return
        told = text
        core.tell('recording.grown', { session, ...grown })
      },
    }
  }

  return {
    get: (session) => all.get(session) ?? null,
    answering: {
      async 'recording.open'(wish) {
        const { session, meta, waitsForRoom } = wish
        const options: RecordingOptions = {
          root,
          sessionId: session,
          meta,
          recipients,
          now: clock.now,
          monotonic: clock.monotonic,
          signer: sealer(session),
          waitsForRoom,
          disk,
        }
        const recording = await createRecording(options)
        all.set(session, keep(session, recording, wish))
        return { manifestDigest: recording.manifestDigest }
      },
      async 'recording.sync'({ session }) {
        // Asked every second for as long as the session lives, also in the moment after it was sealed.
        await all.get(session)?.recording.sync()
        return null
      },
      'recording.heads': async ({ session, known: lengths }) =>
        (await all.get(session)?.recording.syncedHeads(lengths)) ?? [],
      'recording.tryAgain'({ session }) {
        known(session).recording.tryAgain()
        return null
      },
      async 'recording.seal'({ session, status, reason }) {
        const result = await known(session).recording.seal({ status, reason })
        all.delete(session)
        return result
      },
    },
    close: () => clearInterval(timer),
  }
}
