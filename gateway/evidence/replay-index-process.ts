// The process that makes replay indexes: it parses and draws what hostile targets wrote, so it has no settings, no store and no
// key but those of the recording it is given. Started, ended and told what to do by replay-builder.ts.

import { setPriority } from 'node:os'
import { RecorderError } from '../../recorder/index.ts'
// Past the recorder's public face, because what that names loads no terminal.
import { buildIndex } from '../../recorder/replay-index/build.ts'
import { Emulator } from '../../recorder/replay-index/emulator.ts'
import { saveCompiled } from '../runtime/compiled.ts'
import type { BuildAnswer, BuildOrder } from './replay-builder.ts'

// Where cores are few the gateway's sessions come first; not by so much that a busy machine starves the replay.
setPriority(5)
// It is killed as soon as nobody waits for it.
saveCompiled()

process.on('message', (order: BuildOrder) => {
  void build(order).then((answer) => process.send?.(answer))
})
// Whoever started it has what it wanted, or is gone.
process.on('disconnect', () => process.exit())

async function build({ draws, ...job }: BuildOrder): Promise<BuildAnswer> {
  try {
    const index = await buildIndex(job, draws ? (cols, rows) => new Emulator(cols, rows) : null)
    return { kind: index === null ? 'empty' : 'built' }
  } catch (error) {
    if (error instanceof RecorderError) return { kind: 'unreadable', code: error.code, message: error.message }
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}
