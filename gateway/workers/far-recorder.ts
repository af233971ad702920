// The core's end of recordings that a worker writes. When the worker is gone the core seals what it left, from the disk.

import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { sep } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import {
  folderState,
  parseSeal,
  parseVerifierKey,
  readSeal,
  RecorderError,
  recordingDir,
  sealInterrupted,
  signNote,
  unwrapSessionKey,
  type SealResult,
  type SealStatus,
  type Signer,
} from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { moveHome, syncMoved } from '../evidence/live-folders.ts'
import type { RecordingPlaces } from '../evidence/recording-places.ts'
import type { Secret } from '../secret.ts'
import { systemCode } from '../start-problem.ts'
import { manifestMetaOf, type Recorder, type SessionBook, type SessionRecording } from '../sessions/recorder.ts'
import type { SessionFacts } from '../sessions/facts.ts'
import type { Said } from './asks.ts'
import type { Link } from './link.ts'
import type { OpenFiles } from './open-files.ts'
import type { WorkerSide } from './wire.ts'

export interface LeftBehind {
  /** Where recordings have their places. */
  readonly recordings: string
  /** Folder of the worker. */
  readonly folder: string
  readonly places: RecordingPlaces
  readonly signer: Signer
  readonly clock: Pick<Clock, 'now'>
  /** They open the session key, so that the prefix ends where a frame does not authenticate. */
  readonly identities: readonly Secret<string>[]
}

/**
 * Seals what a worker that is gone has left of a recording.
 * @throws RecorderError where it cannot be sealed now; it may be tried again.
 */
export async function sealLeftBehind(deps: LeftBehind, session: SessionId, reason: string): Promise<SealResult> {
  const { recordings, signer, clock, identities } = deps
  await bringHome(deps, session)
  const key = await unwrapSessionKey(
    recordingDir(recordings, session),
    identities.map((identity) => identity.expose()),
  ).catch((error: unknown) => {
    // Without it the prefix is judged by its form.
    if (error instanceof RecorderError) return null
    throw error
  })
  const own = parseVerifierKey(signer.vkey)
  const outcome = await sealInterrupted({
    root: recordings,
    sessionId: session,
    signer,
    verifiers: own.kind === 'ok' ? [own.value] : [],
    now: clock.now,
    reason,
    ...(key && { key }),
  })
  switch (outcome.kind) {
    case 'sealed':
    case 'already-sealed': {
      const { sealDigest, status, channels, frames } = outcome
      return { sealDigest, status, channels, frames }
    }
    case 'failed':
      throw outcome.error
    case 'missing':
      throw new RecorderError('corrupt', 'seal: the recording is gone')
    case 'corrupt':
      throw new RecorderError('corrupt', `seal: ${outcome.reason}`)
  }
}

/**
 * Brings a recording from the worker's folder to its place, where no worker reaches it.
 * @throws RecorderError `corrupt` where what stands there is none of ours; the system's error where it cannot be moved now.
 */
async function bringHome({ recordings, folder, places }: LeftBehind, session: SessionId): Promise<void> {
  const moved = moveHome(recordings, folder, session)
  if (moved.kind === 'missing') throw new RecorderError('corrupt', 'seal: the recording is gone')
  if (moved.kind === 'doubtful') throw new RecorderError('corrupt', `seal: ${moved.why}`)
  places.home(session)
  await syncMoved(recordings, folder)
}

/** Is it something a sound worker never leaves, and no want of the core's own, which passes? */
function isOfTheWorker(error: unknown): error is Error {
  if (error instanceof RecorderError) return ['corrupt', 'seal-failed', 'not-sealed'].includes(error.code)
  return ['EACCES', 'EPERM'].includes(systemCode(error))
}

/** How long one worker may take to say what it holds: heads of all sessions are taken together. */
const headsMs = 10_000
/** How long it may take to seal one: the end of a session waits for it. A full disk says so at once. */
const sealMs = 120_000
/** When a worker that has a file of a sealed recording open is looked at again. */
const secondLookMs = 500
/** A seal that could not be placed is made anew, a few times. */
const mostSeals = 64

/** @throws where it takes too long. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = setTimeout(() => reject(new RecorderError('sync-failed', 'recording: the worker says nothing')), headsMs)
  try {
    return await Promise.race([answer, promise])
  } finally {
    clearTimeout(late)
  }
}

/** One recording in a worker, as the words of the worker move it. */
export interface FarRecording extends SessionRecording {
  grown(told: Said['recording.grown']): void
  waits(now: boolean): void
  failed(message: string): void
  /** Signs the text of its seal; null where that is not what was asked for. */
  signSeal(text: Uint8Array): Uint8Array | null
}

export interface FarRecorderDeps extends LeftBehind {
  readonly worker: Link<WorkerSide>
  /** Paths of what the worker has open. */
  readonly openFiles: OpenFiles
  /** Is the worker gone, so that nothing is written any more? */
  readonly isGone: () => boolean
  readonly keep: (session: SessionId, recording: FarRecording) => void
  /** The worker does what none of ours does. */
  readonly onFault: (why: string) => void
  /** It is sealed: the worker has nothing more to say about it. */
  readonly forget: (session: SessionId) => void
}

export function openFarRecorder(deps: FarRecorderDeps): Recorder {
  const { worker, isGone, recordings, folder, places, openFiles } = deps

  /** It is sealed and in its place: nothing may be open by which the worker could still write it. */
  async function expectClosed(session: SessionId): Promise<void> {
    const home = realpathSync(recordingDir(recordings, session)) + sep
    const isOpen = async (): Promise<boolean> => (await openFiles()).some((path) => path.startsWith(home))
    if (!(await isOpen())) return
    // Everybody it carries ends with it: it is looked at twice.
    await wait(secondLookMs)
    if (await isOpen()) deps.onFault('files of a sealed recording were kept open')
  }

  function far(session: SessionId, manifestDigest: string): FarRecording {
    let failure: RecorderError | null = null
    let told: Said['recording.grown'] | null = null
    let onWaiting: (waits: boolean) => void = () => undefined
    let onFailure: (error: unknown) => void = () => undefined
    let sealing: { readonly status: SealStatus } | null = null
    let sealed: SealResult | null = null
    /** Digests of the seals that were signed: of these it places one. */
    const signed = new Set<string>()

    const control: SessionRecording['control'] = {
      manifestDigest,
      get failure() {
        return failure
      },
      get length() {
        return told?.length ?? 0
      },
      async sync() {
        if (!isGone()) await worker.call('recording.sync', { session })
      },
      syncedHeads: async (known) =>
        isGone() ? [] : [...(await inTime(worker.call('recording.heads', { session, known })))],
      onWaiting(listener) {
        onWaiting = listener
      },
      tryAgain: () => (isGone() ? undefined : worker.call('recording.tryAgain', { session })),
      async seal({ status, reason }) {
        if (isGone()) return sealLeftBehind(deps, session, reason)
        sealed ??= await sealThere(status, reason)
        await takeHome(sealed)
        deps.forget(session)
        return sealed
      },
    }

    async function sealThere(status: SealStatus, reason: string): Promise<SealResult> {
      sealing = { status }
      const late = setTimeout(() => deps.onFault('a seal that was asked for was not made'), sealMs)
      try {
        const result = await worker.call('recording.seal', { session, status, reason })
        if (signed.has(result.sealDigest)) return result
        deps.onFault('another seal than was signed')
        throw new RecorderError('seal-failed', 'seal: another one was signed')
      } finally {
        clearTimeout(late)
        sealing = null
      }
    }

    /** What the worker says that it sealed is what stands there, and from now on it has no way to it. */
    async function takeHome({ sealDigest }: SealResult): Promise<void> {
      try {
        await bringHome(deps, session)
        const { digest } = await readSeal(recordingDir(recordings, session))
        if (digest !== sealDigest) throw new RecorderError('corrupt', 'seal: another one stands there')
      } catch (error) {
        if (isOfTheWorker(error)) deps.onFault(error.message)
        throw error
      }
      await expectClosed(session)
    }

    return {
      control,
      openBook(now, { startedAt }, failed) {
        onFailure = failed
        // What was shown here, such as a code that unlocked it, the worker does not know.
        let [typedAt, movedAt] = [startedAt, startedAt]
        // Nobody has typed later than now, whatever a worker says.
        const latest = (own: number, other = 0): number => Math.max(own, Math.min(other, now()))
        const book: SessionBook = {
          get counts() {
            const { channels = 0, bytesIn = 0, bytesOut = 0 } = told ?? {}
            return { channels, bytesIn, bytesOut }
          },
          get hasTerminal() {
            return told?.hasTerminal ?? false
          },
          get takesChannels() {
            return told?.takesChannels ?? true
          },
          get typedAt() {
            return latest(typedAt, told?.typedAt)
          },
          get movedAt() {
            return latest(movedAt, told?.movedAt)
          },
          touch() {
            typedAt = movedAt = now()
          },
          open() {
            throw new Error('its channels are recorded where their bytes are')
          },
        }
        return book
      },
      grown(next) {
        told = next
      },
      waits: (waits) => onWaiting(waits),
      failed(message) {
        failure ??= new RecorderError('write-failed', message)
        onFailure(failure)
      },
      signSeal(text) {
        const words = Buffer.from(text).toString('utf8')
        const read = parseSeal(words)
        if (sealing === null || read.kind !== 'ok' || signed.size >= mostSeals) return null
        const { value: seal } = read
        if (seal.session !== session || seal.manifest !== manifestDigest) return null
        // A recording that failed is interrupted whatever was asked for; none is complete that was not to be.
        if (seal.status === 'complete' && sealing.status !== 'complete') return null
        const signature = deps.signer.sign(text)
        const { name, vkey } = deps.signer
        const placed = signNote(words, [{ name, vkey, sign: () => signature }])
        signed.add(createHash('sha256').update(placed).digest('hex'))
        return signature
      },
    }
  }

  return {
    async open(facts: SessionFacts) {
      const { id, startedAt, masksPrompts, recordingPauseMinutes } = facts
      const waitsForRoom = recordingPauseMinutes > 0
      const wish = { session: id, meta: manifestMetaOf(facts), startedAt, waitsForRoom, masksPrompts }
      // The worker does not see whether one of that name is in its place.
      if (folderState(recordingDir(recordings, id)) !== 'missing')
        throw new RecorderError('exists', `recording of session \`${id}\`: is there already`)
      const { manifestDigest } = await worker.call('recording.open', wish)
      places.written(id, folder)
      const recording = far(id, manifestDigest)
      deps.keep(id, recording)
      return recording
    },
  }
}
