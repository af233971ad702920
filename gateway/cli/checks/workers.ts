// Doctor on the processes that carry SSH sessions: how many there will be, and whether the machine has the memory for them.

import { totalmem } from 'node:os'
import { ok, warn, type Check } from './check.ts'

const mebibyte = 2 ** 20
/** What the gateway's own process wants beside them, in MiB. */
const ownMebibytes = 512

/** Memory this process and its children may take, in MiB: the machine's, or less where a container bounds it. */
export function memoryHere(): number {
  const whole = totalmem()
  const bound = process.constrainedMemory()
  return Math.floor((bound > 0 && bound < whole ? bound : whole) / mebibyte)
}

/** @param memory there is, in MiB. */
export function checkWorkers(
  { workers, workerMemoryMebibytes: each }: { readonly workers: number; readonly workerMemoryMebibytes: number },
  memory: number,
): Check {
  const what = 'ssh processes'
  if (workers === 0) return ok(what, 'none of their own: the gateway’s process carries the sessions')
  const found = `${workers}, each of up to ${each} MiB; ${memory} MiB here`
  if (workers * each + ownMebibytes <= memory) return ok(what, found)
  const fitting = Math.floor((memory - ownMebibytes) / each)
  const advice = fitting > 0 ? `set \`ssh.workers\` to ${fitting}, or lower` : 'lower'
  return warn(
    what,
    `${found}, which with ${ownMebibytes} MiB for the gateway’s own is too little`,
    `${advice} \`ssh.workerMemoryMebibytes\`, or add memory`,
  )
}
