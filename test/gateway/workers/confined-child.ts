// A program that tries what a worker may not do, and what it must be able to, and tells what came of each.

import { spawn } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { hasNativeCiphers } from '../../../gateway/brokers/ssh/native-ciphers.ts'

export interface Places {
  readonly secret: string
  readonly elsewhere: string
  readonly recordings: string
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

/** What comes of it: `done`, or the code of the error. */
function attempt(step: () => unknown): string {
  try {
    step()
    return 'done'
  } catch (error) {
    return codeOf(error)
  }
}

const own = new URL('../../../gateway/workers/key-pipe.ts', import.meta.url)

process.on('message', ({ secret, elsewhere, recordings }: Places) => {
  const link = join(recordings, 'link')
  process.send?.({
    readsSecret: attempt(() => readFileSync(secret)),
    readsThroughLink: attempt(() => {
      symlinkSync(secret, link)
      readFileSync(link)
    }),
    readsEnvironment: attempt(() => readFileSync(`/proc/${process.ppid}/environ`)),
    writesElsewhere: attempt(() => writeFileSync(elsewhere, 'x')),
    writesSources: attempt(() => writeFileSync(own, readFileSync(own), { flag: 'r+' })),
    spawns: attempt(() => spawn('true').on('error', () => undefined)),
    startsThread: attempt(() => new Worker('0', { eval: true }).on('error', () => undefined)),
    writesRecording: attempt(() => writeFileSync(join(recordings, 'stream'), 'x')),
    readsRecording: attempt(() => readFileSync(join(recordings, 'stream'))),
    hasNativeCiphers: hasNativeCiphers(),
    env: Object.keys(process.env).sort(),
    flags: process.execArgv,
  })
})
