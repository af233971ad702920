// Reads bundles that come from outside in a process of their own, so that the gateway's thread stays free for its
// sessions, and so that a file made to exhaust time or memory ends that process and nothing else. A thread would not do:
// when its heap is full, V8 mostly ends the whole process, with every session in it. One bundle at a time.
//
// KNOWN GAP: the memory limit counts the heap of JavaScript. The policy engine's own memory is beside it; what is put
// into that is bounded by the checks before it (policy/cedar/depth.ts) and by the size of files.

import { fork, type ChildProcess } from 'node:child_process'
import { totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { PieceTable, readBundle, type BundlePiece, type Problem, type ReadBundle } from '../../policy/index.ts'
import { GatewayError } from '../errors.ts'
import { compiledEnvironment } from '../runtime/compiled.ts'

export type BundleFiles = ReadonlyMap<string, string>

/** What was read, or why the reading was broken off. */
export type Reading = ReadBundle | { readonly kind: 'too-costly'; readonly reason: string }

/** Reads the files of a bundle. Never rejects for what is in them. */
export type ReadFiles = (files: BundleFiles) => Promise<Reading>

export interface BundleParser {
  /**
   * Reads in another process.
   * @throws GatewayError `too-many-requests` when too many wait already.
   * @throws Error when the process cannot be started or fails by itself, and after `close`.
   */
  readonly read: ReadFiles
  /** Ends what is under way; those who wait are refused. Returns when the process is gone. */
  close(): Promise<void>
}

export interface ParserLimits {
  /** Seconds a bundle may take, the start of the process included. */
  readonly seconds: number
  /** Of the process's heap. */
  readonly megabytes: number
  /** Bundles that may wait for their turn. */
  readonly waiting: number
}

/**
 * The largest inventory that is accepted takes some 13 s and a gigabyte; a busy plant server is several times slower.
 * Never more than half of the memory there is: the gateway itself needs the rest.
 */
export const parserLimits: ParserLimits = {
  seconds: 120,
  megabytes: Math.min(2_048, Math.floor((process.constrainedMemory() || totalmem()) / 2 ** 21)),
  waiting: 8,
}

/** What the other process answers. It sends the next piece when it is asked to. */
export type ParserAnswer =
  | { readonly kind: 'piece'; readonly piece: BundlePiece }
  | { readonly kind: 'done'; readonly warnings: readonly Problem[] }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

const answerKinds: ReadonlySet<unknown> = new Set<ParserAnswer['kind']>(['piece', 'done', 'invalid'])
const program = fileURLToPath(new URL('bundle-parser-process.ts', import.meta.url))

/** Reads in the thread that asks, for as long as it takes: for the command line and the start, which have no sessions. */
export const readInPlace: ReadFiles = async (files) => readBundle(files)

export function openBundleParser(limits: ParserLimits = parserLimits): BundleParser {
  let turn: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let isClosed = false
  let running: ChildProcess | null = null

  async function readNext(files: BundleFiles): Promise<Reading> {
    if (isClosed) throw new Error('the gateway is stopping: the bundle was not read')
    const child = fork(program, {
      execArgv: [`--max-old-space-size=${limits.megabytes}`],
      // It needs no setting and no secret of ours.
      env: compiledEnvironment(),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    running = child
    try {
      return await follow(child, files, limits)
    } finally {
      running = null
    }
  }

  return {
    async read(files) {
      if (waiting >= limits.waiting)
        throw new GatewayError('too-many-requests', 'other bundles are being checked: wait a little and try again')
      waiting += 1
      const mine = turn.then(() => readNext(files))
      // Whether it failed is its caller's to hear; the next one begins either way.
      turn = mine.then(
        () => undefined,
        () => undefined,
      )
      try {
        return await mine
      } finally {
        waiting -= 1
      }
    },
    async close() {
      isClosed = true
      running?.kill('SIGKILL')
      await turn
    },
  }
}

/** From the files sent to the end of the process, which is the end of it whatever happened. */
function follow(child: ChildProcess, files: BundleFiles, { seconds, megabytes }: ParserLimits): Promise<Reading> {
  const table = new PieceTable()
  const { promise, resolve, reject } = Promise.withResolvers<Reading>()
  let reading: Reading | null = null
  let said = ''
  const timer = setTimeout(() => {
    reading = tooCostly(`more than ${seconds} seconds`)
    child.kill('SIGKILL')
  }, seconds * 1_000)
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-2_000)
  })
  child.on('message', (answer: unknown) => {
    if (reading !== null || !isAnswer(answer)) return
    if (answer.kind === 'piece') {
      table.add(answer.piece)
      tell('next')
      return
    }
    reading =
      answer.kind === 'done' ? { kind: 'ok', declared: table.finish(), warnings: answer.warnings } : { ...answer }
    // It holds nothing any more, and is not waited for: what was read in time is not lost to an end that takes long.
    clearTimeout(timer)
    child.kill('SIGKILL')
  })
  // Not `once`: a signal that cannot be sent is an error as well, and one that nobody hears ends the gateway.
  child.on('error', fail)
  // Not on `close`: a process that is gone is the end, whoever may hold its standard error still.
  child.once('exit', (code, signal) => {
    clearTimeout(timer)
    if (reading !== null) resolve(reading)
    // V8 aborts when the heap is full; a system short of memory kills. Nothing else ends it by a signal but `close`.
    else if (signal === 'SIGABRT' || signal === 'SIGTRAP' || signal === 'SIGILL') {
      resolve(tooCostly(`more than ${megabytes} MB of memory`))
    } else {
      const ended = (): void => {
        const cause = new Error(said.trim() === '' ? 'it said nothing' : said.trim())
        fail(new Error(`the bundle's reader ended early: ${signal ?? `exit code ${code}`}`, { cause }))
      }
      if (child.stderr === null || child.stderr.closed) ended()
      else child.stderr.once('close', ended)
    }
  })
  tell(files)
  return promise

  function fail(error: unknown): void {
    clearTimeout(timer)
    reject(error)
  }

  function tell(message: 'next' | BundleFiles): void {
    // Where no more files can be opened there is a child without a channel: its error comes with the next tick.
    if (typeof child.send !== 'function') return
    // One that is gone is heard of by its end, which says why.
    child.send(message, () => undefined)
  }
}

const tooCostly = (what: string): Reading => ({
  kind: 'too-costly',
  reason: `checking the bundle took ${what}: write large inventories as assets.csv, and look for what makes it so large`,
})

function isAnswer(value: unknown): value is ParserAnswer {
  return typeof value === 'object' && value !== null && 'kind' in value && answerKinds.has(value.kind)
}
