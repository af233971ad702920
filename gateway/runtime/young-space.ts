// How V8 is to collect garbage in a gateway; called by what starts one, before anything else is loaded.

import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8's young generation at its first size, 1 MB. A relay makes little garbage of its own but leaves behind large
 * buffers, which V8 frees when it collects the young generation; where that is large and seldom collected, the buffers
 * reach 64 MB first, and V8 collects the whole heap instead, dozens of times a second. Measured: half the processor time
 * a gigabyte, and 60 MB less memory. It must come before the modules are loaded, which would make the space grow.
 */
export function keepYoungSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
