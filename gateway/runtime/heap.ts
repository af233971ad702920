// How V8 collects garbage in a gateway. Called by what starts one, before anything else is loaded: loading would make
// the young generation grow, and it does not shrink again.

import { setFlagsFromString } from 'node:v8'

/**
 * Flags that make V8 collect the young generation often and the whole heap seldom. A relay's garbage is large buffers, of
 * which V8 sees a small object each: with its defaults they add up to tens of megabytes before the young generation is
 * full, and V8 then collects the whole heap, dozens of times a gigabyte, which takes as much processor time as all else.
 *
 * - The young generation stays at its first size, 1 MB, and so is collected every ten megabytes or so that cross.
 * - The heap may double before all of it is collected. By itself V8 leaves it a third to grow after an idle minute, and
 *   what the buffers hold between two collections of the young generation counts towards that.
 */
export const heapFlags = ['--semi-space-growth-factor=1', '--heap-growing-percent=100'] as const

/** Sets `heapFlags` in this process. */
export function tuneHeap(): void {
  for (const flag of heapFlags) setFlagsFromString(flag)
}
