// What a path really is on the target: every name on the way is looked at, and links are followed here, not there. The
// target is asked each time, because what it said before may not hold any more.

import { fileTypeOf, type Attributes } from '../../../guards/sftp/attributes.ts'
import { fileTypes, statusCodes } from '../../../guards/sftp/codes.ts'
import { absolutePath, below, parentOf, stepsOf } from '../../../guards/sftp/paths.ts'
import type { SftpReply } from '../../../guards/sftp/replies.ts'
import { faultOfPath } from '../../../../policy/index.ts'
import type { SftpTarget } from './target.ts'

export type RealPath =
  /** `attributes`: what is there; null where nothing is. */
  | { readonly kind: 'real'; readonly path: string; readonly attributes: Attributes | null }
  /** The target does not let anybody look, or does not say: an answer to who asked. */
  | { readonly kind: 'unknown'; readonly code: number; readonly text: string }

/** As Linux has it. */
const mostLinks = 40
/** Names in a path: each is a question. */
const mostNames = 128

const unknown = (text: string, code: number = statusCodes.failure): RealPath => ({ kind: 'unknown', code, text })
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The one path a REALPATH or READLINK answers; null where it answers none that can be judged. */
export function nameIn(reply: SftpReply): string | null {
  if (reply.kind !== 'name') return null
  try {
    return utf8.decode(reply.names[0]?.name)
  } catch {
    return null
  }
}

/**
 * @param path absolute and canonical as text.
 * @param follows is a link at its end followed, too?
 * @throws TargetGone
 */
export async function realPathOf(target: SftpTarget, path: string, follows: boolean): Promise<RealPath> {
  let at = path
  for (let links = 0; links <= mostLinks; links++) {
    const fault = faultOfPath(at)
    if (fault !== null) return unknown(fault)
    const steps = stepsOf(at)
    if (steps.length > mostNames) return unknown(`expected at most ${mostNames} names in a path, got ${steps.length}`)
    // All at once: the way there and back is what costs.
    const questions = steps.map((step) => target.ask({ kind: 'lstat', path: step }, { kind: 'attrs' }))
    const whole = follows ? at : parentOf(at)
    const [answers, said] = await Promise.all([
      Promise.all(questions),
      target.ask({ kind: 'realpath', path: whole }, { kind: 'name' }),
    ])
    let found: Attributes | null = steps.length === 0 ? { permissions: fileTypes.folder } : null
    let next: string | null = null
    for (const [i, step] of steps.entries()) {
      const reply = answers[i]?.reply
      const isLast = i === steps.length - 1
      if (reply?.kind === 'status' && reply.code === statusCodes.noSuchFile) break
      if (reply?.kind === 'status') return unknown(`the target does not say what \`${step}\` is`, reply.code)
      if (reply?.kind !== 'attrs') return unknown(`the target does not say what \`${step}\` is`)
      const type = fileTypeOf(reply.attributes)
      if (type === null) return unknown(`the target does not say what kind of file \`${step}\` is`)
      if (type === 'link' && (follows || !isLast)) {
        const { reply: link } = await target.ask({ kind: 'readlink', path: step }, { kind: 'name' })
        const text = nameIn(link)
        if (text === null) return unknown(`the target does not say where the link \`${step}\` leads`)
        next = absolutePath('/', `${absolutePath(parentOf(step), text)}${below(at, step)}`)
        break
      }
      if (isLast) found = reply.attributes
    }
    // What calls itself another name than it was asked by (a drive, a share, a case that does not matter) is that one.
    if (next === null) {
      const real = nameIn(said.reply)
      const canonical = real === null ? whole : absolutePath('/', real)
      if (canonical === whole) return { kind: 'real', path: at, attributes: found }
      next = absolutePath('/', `${canonical}${below(at, whole === '/' ? '' : whole)}`)
    }
    at = next
  }
  return unknown('too many links on the way')
}
