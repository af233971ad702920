// A process that does the work of search beside the gateway: it parses what hostile targets wrote, and takes time and
// memory that sessions need. Started when there is something to do, ended when there has long been nothing; one whose heap
// is full, or that is silent for too long, is gone, and its requests fail. A thread would not do: see bundle-parser.ts.

import { fork, type ChildProcess } from 'node:child_process'
import { compiledEnvironment } from '../runtime/compiled.ts'
import type { Secret } from '../secret.ts'

export type ToChild =
  | { readonly kind: 'request'; readonly id: number; readonly what: string; readonly payload: unknown }
  /** The answer to what it asked. */
  | { readonly kind: 'told'; readonly ask: number; readonly answer: boolean }

export type FromChild =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly reason: string }
  /** It asks about the request with that number. */
  | { readonly kind: 'ask'; readonly id: number; readonly ask: number; readonly question: string }
  | { readonly kind: 'progress' }

/** The process that was asked is gone: another one may answer. */
export class ProcessGone extends Error {}

export interface WorkerSpec {
  readonly program: URL
  /** The index: where it is, and the key it is kept under. */
  readonly file: string
  readonly key: Secret<Uint8Array>
  /** Of the process's heap. */
  readonly megabytes: number
  /** A process that says nothing for so long while it has something to do is ended. */
  readonly silentMs: number
  /** A process that has had nothing to do for so long is ended. */
  readonly idleMs: number
}

export interface Worker {
  /**
   * @param may answers what the process asks about this request.
   * @throws ProcessGone when the process is gone before it has answered; Error when it fails, and after `close`.
   */
  request(what: string, payload: unknown, may?: (question: string) => Promise<boolean>): Promise<unknown>
  /** Ends the process; what is under way fails. The next request starts another. */
  end(): Promise<void>
  /** The same, and nothing is taken any more. */
  close(): Promise<void>
}

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly may: (question: string) => Promise<boolean>
}

interface Running {
  readonly child: ChildProcess
  readonly gone: Promise<void>
  readonly pending: Map<number, Pending>
  timer: NodeJS.Timeout
}

const kinds: ReadonlySet<unknown> = new Set<FromChild['kind']>(['answer', 'failure', 'ask', 'progress'])

export function openWorker(spec: WorkerSpec): Worker {
  let running: Running | null = null
  let isClosed = false
  let numbers = 0

  function start(): Running {
    const child = fork(spec.program, {
      execArgv: [`--max-old-space-size=${spec.megabytes}`, '--disable-warning=ExperimentalWarning'],
      // It needs no setting of ours; its key comes by message, where no list of processes shows it.
      env: compiledEnvironment(),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const { promise: gone, resolve } = Promise.withResolvers<void>()
    const started: Running = { child, gone, pending: new Map(), timer: setTimeout(() => undefined, 0) }
    const lose = (why: string): void => {
      clearTimeout(started.timer)
      if (running === started) running = null
      for (const { reject } of started.pending.values()) reject(new ProcessGone(`search: its process ${why}`))
      started.pending.clear()
      resolve()
    }
    child.on('error', (error) => {
      lose(`failed: ${error.message}`)
      child.kill('SIGKILL')
    })
    child.once('exit', (code, signal) => lose(`ended: ${signal ?? `exit code ${code}`}`))
    child.on('message', (message: unknown) => {
      if (isFromChild(message)) hear(started, message)
    })
    post(started, {
      kind: 'request',
      id: numbers++,
      what: 'open',
      payload: { file: spec.file, key: spec.key.expose() },
    })
    return started
  }

  function hear(from: Running, message: FromChild): void {
    if (message.kind === 'progress') return watch(from)
    const pending = from.pending.get(message.id)
    if (pending === undefined) return
    if (message.kind === 'ask') {
      const tell = (answer: boolean): void => post(from, { kind: 'told', ask: message.ask, answer })
      pending.may(message.question).then(tell, (error: unknown) => {
        // What could not be judged is not shown, and whoever asked hears why.
        from.pending.delete(message.id)
        pending.reject(error instanceof Error ? error : new Error(String(error)))
        tell(false)
        watch(from)
      })
      return watch(from)
    }
    from.pending.delete(message.id)
    if (message.kind === 'answer') pending.resolve(message.value)
    else pending.reject(new Error(`search: ${message.reason}`))
    watch(from)
  }

  /** Begins to wait anew: for a sign of life, or for something to do. */
  function watch(of: Running): void {
    clearTimeout(of.timer)
    of.timer = setTimeout(() => of.child.kill('SIGKILL'), of.pending.size > 0 ? spec.silentMs : spec.idleMs)
    of.timer.unref()
  }

  function post({ child }: Running, message: ToChild): void {
    // One that is gone is heard of by its end; where no more can be opened there is a child without a channel.
    if (child.connected) child.send(message, () => undefined)
  }

  async function end(): Promise<void> {
    const ending = running
    ending?.child.kill('SIGKILL')
    await ending?.gone
  }

  return {
    request(what, payload, may = async () => false) {
      if (isClosed) return Promise.reject(new Error('search: the gateway is stopping'))
      running ??= start()
      const to = running
      const id = numbers++
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      to.pending.set(id, { resolve, reject, may })
      watch(to)
      post(to, { kind: 'request', id, what, payload })
      return promise
    },
    end,
    async close() {
      isClosed = true
      await end()
    },
  }
}

function isFromChild(value: unknown): value is FromChild {
  return typeof value === 'object' && value !== null && 'kind' in value && kinds.has(value.kind)
}
