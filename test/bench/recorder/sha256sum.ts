// How long the ordinary program takes to read a file and take its digest: verifying cannot be cheaper.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** @throws when the program is not there, or fails. */
export async function secondsOfSha256sum(path: string): Promise<number> {
  const began = performance.now()
  await promisify(execFile)('sha256sum', [path])
  return (performance.now() - began) / 1_000
}
