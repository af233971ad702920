// What a line of the bench is played on: both OpenSSH servers, a gateway of its own, and bytes to send.

import { createCipheriv, randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { startBenchGateway, type BenchGateway } from './gateway.ts'
import type { OpenSsh } from './openssh.ts'
import type { BenchOptions } from './options.ts'
import { openRoutes, type Routes } from './routes.ts'

export interface Scene {
  readonly options: BenchOptions
  readonly openssh: OpenSsh
  readonly gateway: BenchGateway
  readonly routes: Routes
  /** File of random bytes, a little longer than the largest transfer. */
  readonly source: string
  /** Folder for files that are copied: in memory where there is a file system in memory, so that no disk is measured. */
  readonly scratch: string
  /** One line to the person who waits. */
  say(text: string): void
}

/** Bytes the source has beyond the largest transfer, so that each transfer can begin at another one. */
export const sourceSlack = 1 << 20

/** Random bytes as fast as they can be made: a cipher's key stream, because nothing may shrink or repeat. */
export function makeSource(file: string, bytes: number): void {
  const cipher = createCipheriv('aes-256-ctr', randomBytes(32), randomBytes(16))
  const zeros = Buffer.alloc(1 << 20)
  const fd = openSync(file, 'wx', 0o600)
  try {
    for (let left = bytes + sourceSlack; left > 0;) left -= writeSync(fd, cipher.update(zeros.subarray(0, left)))
  } finally {
    closeSync(fd)
  }
}

/** Plays one line with a gateway that is started for it and stopped after it. */
export async function onScene<T>(
  given: Omit<Scene, 'gateway' | 'routes'> & { readonly folder: string },
  line: (scene: Scene) => Promise<T>,
): Promise<T> {
  const { folder, ...rest } = given
  mkdirSync(folder, { mode: 0o700 })
  const gateway = await startBenchGateway(join(folder, 'gateway'), given.openssh, given.options)
  const scene = { ...rest, gateway, routes: openRoutes(folder, given.openssh, gateway, given.options.cipher) }
  const result = await line(scene)
  await gateway.stop()
  return result
}
