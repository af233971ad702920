// A program that tries what a worker may not do, and what it must be able to, and tells what came of each.

import { spawn } from 'node:child_process'
import {
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { Worker } from 'node:worker_threads'
import { hasNativeCiphers } from '../../../gateway/brokers/ssh/native-ciphers.ts'

export interface Places {
  readonly secret: string
  readonly elsewhere: string
  /** Its own folder, another worker's, and a recording in its place. */
  readonly own: string
  readonly others: string
  readonly sealed: string
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

const source = new URL('../../../gateway/workers/key-pipe.ts', import.meta.url)

/** What comes of each thing that could be tried on a folder of somebody else's recordings. */
function onAnother(own: string, folder: string): Readonly<Record<string, string>> {
  const file = join(folder, 'stream')
  const mine = join(own, 'mine')
  return {
    makesOwn: attempt(() => writeFileSync(mine, 'x')),
    reads: attempt(() => readFileSync(file)),
    lists: attempt(() => readdirSync(folder)),
    writes: attempt(() => writeFileSync(file, 'x')),
    adds: attempt(() => writeFileSync(join(folder, 'more'), 'x')),
    shortens: attempt(() => truncateSync(file)),
    removes: attempt(() => unlinkSync(file)),
    removesAll: attempt(() => rmSync(folder, { recursive: true })),
    renames: attempt(() => renameSync(folder, join(own, 'taken'))),
    replaces: attempt(() => renameSync(mine, file)),
    links: attempt(() => linkSync(file, join(own, 'second-name'))),
    looksUp: attempt(() => statSync(file)),
    byDots: attempt(() => readFileSync(`${own}/../${relative(dirname(own), folder)}/stream`)),
  }
}

process.on('message', ({ secret, elsewhere, own: folder, others, sealed }: Places) => {
  const link = join(folder, 'link')
  process.send?.({
    readsSecret: attempt(() => readFileSync(secret)),
    readsThroughLink: attempt(() => {
      symlinkSync(secret, link)
      readFileSync(link)
    }),
    readsEnvironment: attempt(() => readFileSync(`/proc/${process.ppid}/environ`)),
    writesElsewhere: attempt(() => writeFileSync(elsewhere, 'x')),
    writesSources: attempt(() => writeFileSync(source, readFileSync(source), { flag: 'r+' })),
    spawns: attempt(() => spawn('true').on('error', () => undefined)),
    startsThread: attempt(() => new Worker('0', { eval: true }).on('error', () => undefined)),
    writesRecording: attempt(() => writeFileSync(join(folder, 'stream'), 'x')),
    readsRecording: attempt(() => readFileSync(join(folder, 'stream'))),
    others: onAnother(folder, others),
    sealed: onAnother(folder, sealed),
    listsAll: attempt(() => readdirSync(dirname(folder))),
    linksOutside: attempt(() => symlinkSync(others, join(folder, 'way-out'))),
    hasNativeCiphers: hasNativeCiphers(),
    env: Object.keys(process.env).sort(),
    flags: process.execArgv,
  })
})
