// How many workers a gateway has.

import { availableParallelism } from 'node:os'
import type { Config } from '../config.ts'

/** Beyond it they cost memory from the start, and what a plant needs at once is less: more are asked for. */
const mostUnasked = 8

/** As the configuration says, or one for each core this process may use. */
export function workerCount({ workers }: Pick<Config['ssh'], 'workers'>, cores = availableParallelism()): number {
  return workers ?? Math.min(cores, mostUnasked)
}
