// Blobs whose work is done in a process of its own, with a limit of memory: digests of gigabytes and TLS would otherwise
// take turns with every session. The process is started when it is first needed, and again after it died.

import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type {
  BlobObject,
  Blobs,
  CheckOutcome,
  FetchOutcome,
  LocalFile,
  ObjectLock,
  PresentOutcome,
  PutOutcome,
  RemoveOutcome,
  StoreFault,
} from './blobs.ts'
import { compiledEnvironment } from '../runtime/compiled.ts'
import type { S3Settings } from './settings.ts'

/** The settings as they cross to the process: a secret is opened only here. */
export type MoverSettings = Omit<S3Settings, 'accessKey' | 'secretKey'> & {
  readonly accessKey: string
  readonly secretKey: string
}

type Call =
  | { readonly kind: 'put'; readonly file: LocalFile; readonly lock: ObjectLock | null }
  | { readonly kind: 'fetch'; readonly object: BlobObject; readonly path: string }
  | { readonly kind: 'present'; readonly object: BlobObject }
  | { readonly kind: 'remove'; readonly under: string }
  | { readonly kind: 'check' }
export interface MoverCall {
  readonly id: number
  readonly call: Call
}
interface Outcomes {
  readonly put: PutOutcome
  readonly fetch: FetchOutcome
  readonly present: PresentOutcome
  readonly remove: RemoveOutcome
  readonly check: CheckOutcome
}
export interface MoverAnswer {
  readonly id: number
  readonly outcome: Outcomes[keyof Outcomes]
}

const program = fileURLToPath(new URL('mover-process.ts', import.meta.url))
/** Heap beside the parts under way, which are buffers outside of it. */
const heapMegabytes = 256

export function openMover(settings: S3Settings): Blobs {
  let child: ChildProcess | null = null
  let isClosed = false
  let last = 0
  const waiting = new Map<number, (outcome: Outcomes[keyof Outcomes]) => void>()

  const died: StoreFault = { kind: 'unreachable', reason: 'the process that moves recordings ended' }

  function giveUp(): void {
    child = null
    const left = [...waiting.values()]
    waiting.clear()
    for (const answer of left) answer(died)
  }

  function start(): ChildProcess {
    const started = fork(program, {
      execArgv: [`--max-old-space-size=${heapMegabytes}`],
      // Nothing of ours, and none of the variables the SDK would take settings from.
      env: compiledEnvironment(),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    started.on('message', ({ id, outcome }: MoverAnswer) => {
      waiting.get(id)?.(outcome)
      waiting.delete(id)
    })
    const ended = (): void => {
      if (child === started) giveUp()
    }
    started.once('exit', ended)
    started.once('error', ended)
    const { accessKey, secretKey, ...plain } = settings
    started.send({ ...plain, accessKey: accessKey.expose(), secretKey: secretKey.expose() } satisfies MoverSettings)
    return started
  }

  function ask<K extends keyof Outcomes>(call: Extract<Call, { kind: K }>): Promise<Outcomes[K] | StoreFault> {
    if (isClosed) return Promise.resolve(died)
    const to = (child ??= start())
    const id = ++last
    const { promise, resolve } = Promise.withResolvers<Outcomes[K] | StoreFault>()
    // What comes back for this number is what this call asked for.
    waiting.set(id, (outcome) => resolve(outcome as Outcomes[K] | StoreFault))
    to.send({ id, call } satisfies MoverCall, (error) => {
      if (error !== null && waiting.delete(id)) resolve(died)
    })
    return promise
  }

  return {
    put: (file, lock) => ask({ kind: 'put', file, lock }),
    fetch: (object, path) => ask({ kind: 'fetch', object, path }),
    present: (object) => ask({ kind: 'present', object }),
    remove: (under) => ask({ kind: 'remove', under }),
    check: () => ask({ kind: 'check' }),
    async close() {
      isClosed = true
      const running = child
      if (running === null) return
      const { promise: gone, resolve } = Promise.withResolvers<void>()
      running.once('exit', () => resolve())
      // Uploads go on with their parts at the next start.
      running.kill('SIGKILL')
      await gone
      giveUp()
    },
  }
}
