// The process that writes the index: one recording after the other, with the keys of those it is given and no other. It
// has no settings, no store and no identity, and is ended by whoever started it. See worker.ts.

import { statSync } from 'node:fs'
import { setPriority } from 'node:os'
import { serveParent, tellProgress } from './child-side.ts'
import { IndexFile, isDamaged, removeIndex } from './index-file.ts'
import { indexRecording, streamsOf, type Indexed, type Job } from './indexing.ts'

// Where cores are few the gateway's sessions come first.
setPriority(10)

/** A session of which is asked whether there is anything to do. */
export interface Candidate {
  readonly session: string
  readonly dir: string
  readonly isSealed: boolean
  /** False where it is not to be in the index: then it is taken out. */
  readonly isWanted: boolean
}

let file = ''
let key: Uint8Array = new Uint8Array()
let open: IndexFile | null = null
let turn: Promise<unknown> = Promise.resolve()

function index(): IndexFile {
  open ??= IndexFile.openOrMake(file, key).index
  return open
}

/** One after the other: they write to one file. */
function next<T>(work: () => Promise<T> | T): Promise<T> {
  const mine = turn.then(work).catch((error: unknown) => {
    // It can be made again from the recordings, which are what counts.
    if (isDamaged(error)) remake()
    throw error
  })
  turn = mine.then(
    () => undefined,
    () => undefined,
  )
  return mine
}

function remake(): void {
  open?.close()
  open = null
  removeIndex(file)
}

/** Is there anything in the recording that the index has not? */
function isBehind({ session, dir, isSealed }: Candidate): boolean {
  const state = index().state(session)
  if (state === 'whole' || state === 'failed') return false
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) return false
  if (state === null || isSealed) return true
  const read = index().readBytes(session)
  return [...streamsOf(dir)].some(([channel, size]) => size > (read.get(channel) ?? 0))
}

function behind(candidates: readonly Candidate[]): string[] {
  for (const { session, isWanted } of candidates) if (!isWanted) index().forget(session)
  return candidates.filter((each) => each.isWanted && isBehind(each)).map(({ session }) => session)
}

function fail(job: Pick<Job, 'session' | 'startedAt' | 'fields'>, reason: string): void {
  index().begin(job)
  index().fail(job.session, reason)
}

serveParent(async (kind, payload): Promise<unknown> => {
  switch (kind) {
    case 'open':
      ;({ file, key } = payload as { file: string; key: Uint8Array })
      return null
    case 'behind':
      return next(() => behind(payload as readonly Candidate[]))
    case 'index':
      return next((): Promise<Indexed> => indexRecording(index(), payload as Job, tellProgress))
    case 'fail':
      return next(() => {
        const { job, reason } = payload as { job: Job; reason: string }
        fail(job, reason)
      })
    case 'forget':
      return next(() => index().forget(payload as string))
    case 'rebuild':
      return next(() => {
        remake()
        index()
      })
    // Not in turn: it only reads, between two parts of what is being indexed.
    case 'counts':
      return index().counts()
    default:
      throw new Error(`unknown request \`${kind}\``)
  }
})
