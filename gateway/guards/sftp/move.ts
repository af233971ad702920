// Moving what is on a target to another path, by a new name or by a link: allowed where both ends allow it, and where it
// opens no way around how content crosses. Else a file would be brought where nothing is looked at and then moved to
// where everything is, or moved from where nothing may be read to where everything may.

import {
  fileCrossings,
  isMeantWithAll,
  judgeFile,
  touchesTree,
  withoutVerdict,
  type FilePermission,
  type FileSwitch,
  type FileVerdict,
} from '../../../policy/index.ts'
import { parentOf } from './paths.ts'

type Allowed = FileVerdict & { readonly kind: 'allowed' }

/** What could cross by the one and not by the other? `looks`: what is found wanting; `people`: what others let go. */
function gained(by: Allowed, over: Allowed): 'looks' | 'people' | null {
  // What is not looked at there crosses there, whatever it is.
  if (over.crossing === 'pass' && !over.declaredOnly) return null
  const isLess = <Value>(order: readonly Value[], of: (verdict: Allowed) => Value): boolean =>
    order.indexOf(of(by)) < order.indexOf(of(over))
  if (
    isLess(fileCrossings, ({ crossing }) => crossing) ||
    isLess(withoutVerdict, (verdict) => verdict.withoutVerdict) ||
    (over.declaredOnly && !by.declaredOnly)
  )
    return 'looks'
  // Whose release it is matters where both ask a person: for each file, or for those without a verdict.
  const areAsked = over.crossing === 'release' || (over.withoutVerdict === 'hold' && by.withoutVerdict === 'hold')
  return areAsked && by.releasedBy.some((role) => !over.releasedBy.includes(role)) ? 'people' : null
}

/** Does one thing hold for a folder and everything that is or will be below it? */
function isUniform({ granted, within, rules }: FilePermission, path: string): boolean {
  const all = [...rules, ...(granted ? [granted] : []), ...(within ? [within] : [])]
  return all.every(({ paths }) =>
    paths.every((pattern) => !touchesTree(pattern, path) || isMeantWithAll(pattern, path)),
  )
}

/**
 * @param op what is asked for at both ends.
 * @param isTree is or may it be a folder, so that everything below moves with it?
 * @param size of the file, in bytes; null where it is not known.
 * @returns why it may not be done, in one clause, or null.
 */
export function barsMove(
  permission: FilePermission,
  op: FileSwitch,
  from: string,
  to: string,
  isTree: boolean,
  size: number | null = null,
): string | null {
  for (const path of [from, to]) {
    const verdict = judgeFile(permission, op, path)
    if (verdict.kind === 'refused') return verdict.text
    if (isTree && !isUniform(permission, path))
      return `\`${path}\` is a folder in which not everything is under the same rules: move what is in it`
  }
  return (
    (isTree && op === 'rename' ? barsLinksWithin(permission, from, to) : null) ??
    barsContent(permission, from, to) ??
    barsSize(permission, from, to, isTree ? null : size)
  )
}

/**
 * Links in a folder are not looked for: where somebody with this permission can make one, and then move the folder, it
 * stays beside what it was made beside. And it stays where links may be made, or its next move would not be asked this.
 */
function barsLinksWithin(permission: FilePermission, from: string, to: string): string | null {
  if (judgeFile(permission, 'symlink', from).kind === 'refused') return null
  if (parentOf(from) !== parentOf(to))
    return `\`${from}\` is a folder in which links may be made, which could lead elsewhere from \`${to}\`: move what is in it`
  const there = judgeFile(permission, 'symlink', to)
  return there.kind === 'refused'
    ? `\`${from}\` is a folder in which links may be made, and there may be none at \`${to}\`: ${there.text}`
    : null
}

/** Why content of one path may not be had at another, or null: it would be a way around how content crosses. */
export function barsContent(permission: FilePermission, from: string, to: string): string | null {
  const [kept, fetched] = [judgeFile(permission, 'read', from), judgeFile(permission, 'read', to)]
  if (fetched.kind === 'allowed') {
    const more = kept.kind === 'refused' ? 'looks' : gained(fetched, kept)
    if (more === 'looks')
      return `what is at \`${from}\` could be fetched more easily from \`${to}\`, which the rules about files do not allow`
    if (more === 'people')
      return `what is at \`${from}\` would be let go by others from \`${to}\`, which the rules about files do not allow`
  }
  const [here, there] = [judgeFile(permission, 'write', from), judgeFile(permission, 'write', to)]
  // Where nobody may bring anything here, nothing was brought that would now be elsewhere.
  if (here.kind === 'refused') return null
  if (there.kind === 'refused')
    return `what is brought to \`${from}\` would come to \`${to}\`, where nothing may be brought: ${there.text}`
  const more = gained(here, there)
  if (more === 'looks')
    return `what is brought to \`${to}\` is looked at more closely than what is brought to \`${from}\`: bring it there`
  if (more === 'people')
    return `what is brought to \`${to}\` is let go by others than what is brought to \`${from}\`: bring it there`
  return null
}

/**
 * Towards the asset the rules are compared and not the size: who has the file open goes on writing to it by its old
 * path, and by the rules of that. Away from it, a file that may be fetched as it is may be fetched anywhere.
 */
function barsSize(permission: FilePermission, from: string, to: string, size: number | null): string | null {
  const [kept, fetched] = [judgeFile(permission, 'read', from), judgeFile(permission, 'read', to)]
  if (
    kept.kind === 'allowed' &&
    fetched.kind === 'allowed' &&
    kept.largest < fetched.largest &&
    (size === null || size > kept.largest)
  )
    return `what is larger than ${kept.largest} bytes is not fetched from \`${from}\`, and could be from \`${to}\``
  const [here, there] = [judgeFile(permission, 'write', from), judgeFile(permission, 'write', to)]
  if (here.kind === 'allowed' && there.kind === 'allowed' && there.largest < here.largest)
    return `what is brought to \`${to}\` may have ${there.largest} bytes, less than at \`${from}\`: bring it there`
  return null
}

/**
 * Why one path may not become another name of the other, or null. What is then done to the one is done to the other, by
 * whoever follows it, in either direction: the same has to hold for both.
 */
export function barsLink(permission: FilePermission, aim: string, at: string, isTree: boolean): string | null {
  const bar = barsMove(permission, 'symlink', aim, at, isTree)
  if (bar !== null) return bar
  const isSame = (['read', 'write', 'setstat'] as const).every((op) => {
    const [one, other] = [judgeFile(permission, op, aim), judgeFile(permission, op, at)]
    if (one.kind === 'refused' || other.kind === 'refused' || op === 'setstat') return one.kind === other.kind
    return gained(one, other) === null && gained(other, one) === null && one.largest === other.largest
  })
  return isSame
    ? null
    : `\`${at}\` and \`${aim}\` are not under the same rules, and a link would make them one: bring the file to both`
}
