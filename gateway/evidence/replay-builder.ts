// Has replay indexes made in a process of its own, one after the other, with a limit on time and memory: what a hostile target
// wrote may exhaust that process and nothing else. A channel that cannot be drawn gets an index without screens.

import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { recorderErrorCodes, RecorderError, type RecorderErrorCode } from '../../recorder/index.ts'
import type { Log } from '../log.ts'
import { compiledEnvironment } from '../runtime/compiled.ts'

export interface BuildJob {
  /** The recording's folder. */
  readonly dir: string
  readonly key: Uint8Array
  readonly channel: number
  /** Folder of the recording's indexes. */
  readonly folder: string
  /** Bytes of the stream, which it may take time for. */
  readonly bytes: number
}

/** What the process is told. */
export type BuildOrder = Omit<BuildJob, 'bytes'> & { readonly draws: boolean }

/** What it answers. */
export type BuildAnswer =
  | { readonly kind: 'built' }
  /** The channel has no frame yet. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable'; readonly code: RecorderErrorCode; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }

export interface ReplayBuilder {
  /**
   * Makes the index of a channel, or brings it up to date. `empty`: there is nothing to make it of yet.
   * @throws RecorderError where the recording cannot be read; Error where the process fails at it, and after `close`.
   */
  build(job: BuildJob): Promise<'built' | 'empty'>
  /** Ends what is under way; those who wait are refused. */
  close(): Promise<void>
}

export interface BuilderLimits {
  readonly megabytes: number
  /** Seconds for any job, and bytes of a stream for each further second. */
  readonly seconds: number
  readonly bytesPerSecond: number
}

const usualLimits: BuilderLimits = { megabytes: 384, seconds: 60, bytesPerSecond: 1 << 20 }
/** Channels that are remembered as not to be drawn. */
const mostUndrawn = 1_000
const program = fileURLToPath(new URL('replay-index-process.ts', import.meta.url))

export function openReplayBuilder(log: Log, limits: BuilderLimits = usualLimits): ReplayBuilder {
  let turn: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let isClosed = false
  let process: ChildProcess | null = null
  /** Channels that could not be drawn: one that lives would take all that time at each look at it, and everybody's turn. */
  const undrawn = new Set<string>()

  /** A process that has failed is ended: the next job is another recording's, and begins with one of its own. */
  async function askOne(order: BuildOrder, seconds: number): Promise<BuildAnswer> {
    const asked = (process ??= start(limits))
    const answer = await ask(asked, order, seconds)
    if (answer.kind === 'failed') {
      process = null
      await end(asked)
    }
    return answer
  }

  async function buildNext({ bytes, ...job }: BuildJob): Promise<'built' | 'empty'> {
    if (isClosed) throw new Error('the gateway is stopping: the replay index was not made')
    const seconds = limits.seconds + bytes / limits.bytesPerSecond
    const name = `${job.folder}/${job.channel}`
    const draws = !undrawn.has(name)
    let answer = await askOne({ ...job, draws }, seconds)
    if (answer.kind === 'failed' && draws && !isClosed) {
      log.warn(
        { why: answer.message, channel: job.channel },
        'A channel could not be drawn; its replay seeks without screens',
      )
      const [oldest] = undrawn
      if (undrawn.size >= mostUndrawn && oldest !== undefined) undrawn.delete(oldest)
      undrawn.add(name)
      answer = await askOne({ ...job, draws: false }, seconds)
    }
    if (answer.kind === 'failed') throw new Error(`replay index: ${answer.message}`)
    if (answer.kind === 'unreadable') throw new RecorderError(answer.code, answer.message)
    return answer.kind
  }

  return {
    async build(job) {
      waiting += 1
      const mine = turn.then(() => buildNext(job))
      // Whether it failed is its caller's to hear; the next one begins either way. The last one ends the process.
      turn = mine
        .then(
          () => undefined,
          () => undefined,
        )
        .then(async () => {
          waiting -= 1
          const idle = process
          if (waiting > 0 || idle === null) return
          process = null
          await end(idle)
        })
      return mine
    },
    async close() {
      isClosed = true
      process?.kill('SIGKILL')
      await turn
    },
  }
}

function start({ megabytes }: BuilderLimits): ChildProcess {
  const child = fork(program, {
    execArgv: [`--max-old-space-size=${megabytes}`],
    // It needs no setting and no secret of ours but what a job names.
    env: compiledEnvironment(),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // Whoever asked hears of its end; an error that nobody listens to would end the gateway.
  child.on('error', () => child.kill('SIGKILL'))
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const { promise, resolve } = Promise.withResolvers<void>()
  child.once('exit', () => resolve())
  child.once('error', () => resolve())
  child.kill('SIGKILL')
  await promise
}

function ask(child: ChildProcess, order: BuildOrder, seconds: number): Promise<BuildAnswer> {
  const { promise, resolve } = Promise.withResolvers<BuildAnswer>()
  const failed = (message: string): void => resolve({ kind: 'failed', message })
  const timer = setTimeout(() => {
    failed(`took more than ${Math.ceil(seconds)} seconds`)
    child.kill('SIGKILL')
  }, seconds * 1_000)
  const onMessage = (answer: unknown): void =>
    isAnswer(answer) ? resolve(answer) : failed('the process answered something else')
  const onExit = (code: number | null, signal: string | null): void =>
    failed(`its process ended: ${signal ?? `exit code ${code}`}`)
  const onError = (error: Error): void => failed(error.message)
  child.once('message', onMessage)
  child.once('exit', onExit)
  child.once('error', onError)
  if (child.exitCode !== null || child.signalCode !== null) failed('its process has ended')
  // One that is gone is heard of by its end, which says why.
  else child.send(order, () => undefined)
  return promise.finally(() => {
    clearTimeout(timer)
    child.off('message', onMessage)
    child.off('exit', onExit)
    child.off('error', onError)
  })
}

function isAnswer(value: unknown): value is BuildAnswer {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  if (value.kind === 'built' || value.kind === 'empty') return true
  if (!('message' in value) || typeof value.message !== 'string') return false
  if (value.kind === 'failed') return true
  return value.kind === 'unreadable' && 'code' in value && recorderErrorCodes.some((code) => code === value.code)
}
