// The process that reads one bundle: files come in once, pieces go out one by one as they are asked for. It has no
// settings, no store and no keys, and is ended by whoever started it. See bundle-parser.ts.

import { setPriority } from 'node:os'
import { piecesOf, readBundle, type BundlePiece } from '../../policy/index.ts'
import { saveCompiled } from '../runtime/compiled.ts'
import type { ParserAnswer } from './bundle-parser.ts'

// Where cores are few the gateway's sessions come first; not by so much that a busy machine starves the reading.
setPriority(5)

let pieces: Iterator<BundlePiece, void> | null = null
let warnings: Extract<ParserAnswer, { kind: 'done' }>['warnings'] = []

process.on('message', (message: unknown) => {
  if (message instanceof Map) {
    // It is killed as soon as it has answered.
    saveCompiled()
    const read = readBundle(message)
    if (read.kind === 'invalid') return answer(read)
    pieces = piecesOf(read.declared)
    warnings = read.warnings
  }
  const next = pieces?.next()
  if (next) answer(next.done === true ? { kind: 'done', warnings } : { kind: 'piece', piece: next.value })
})
// Whoever started it has what it wanted, or is gone.
process.on('disconnect', () => process.exit())

function answer(message: ParserAnswer): void {
  process.send?.(message)
}
