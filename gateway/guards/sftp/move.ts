// Moving what is on a target to another path, by a new name or by a link: allowed where both ends allow it, and where it
// opens no way around how content crosses. Else a file would be brought where nothing is looked at and then moved to
// where everything is, or moved from where nothing may be read to where everything may.

import {
  fileCrossings,
  isMeantWithAll,
  judgeFile,
  touchesTree,
  type FilePermission,
  type FileSwitch,
  type FileVerdict,
} from '../../../policy/index.ts'

const never = fileCrossings.length

/** How hard it is for content to cross there: not at all is hardest. */
const rank = (verdict: FileVerdict): number =>
  verdict.kind === 'refused' ? never : fileCrossings.indexOf(verdict.crossing)

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
 * @returns why it may not be done, in one clause, or null.
 */
export function barsMove(
  permission: FilePermission,
  op: FileSwitch,
  from: string,
  to: string,
  isTree: boolean,
): string | null {
  for (const path of [from, to]) {
    const verdict = judgeFile(permission, op, path)
    if (verdict.kind === 'refused') return verdict.text
    if (isTree && !isUniform(permission, path))
      return `\`${path}\` is a folder in which not everything is under the same rules: move what is in it`
  }
  return barsContent(permission, from, to)
}

/** Why content of one path may not be had at another, or null: it would be a way around how content crosses. */
export function barsContent(permission: FilePermission, from: string, to: string): string | null {
  if (rank(judgeFile(permission, 'read', to)) < rank(judgeFile(permission, 'read', from)))
    return `what is at \`${from}\` could be fetched more easily from \`${to}\`, which the rules about files do not allow`
  const [here, there] = [judgeFile(permission, 'write', from), judgeFile(permission, 'write', to)]
  // Where nobody may bring anything here, nothing was brought that would now be elsewhere.
  if (here.kind === 'refused') return null
  if (there.kind === 'refused')
    return `what is brought to \`${from}\` would come to \`${to}\`, where nothing may be brought: ${there.text}`
  if (rank(there) > rank(here) || (there.declaredOnly && !here.declaredOnly))
    return `what is brought to \`${to}\` is looked at more closely than what is brought to \`${from}\`: bring it there`
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
    const isDeclaredOnly = (verdict: FileVerdict): boolean => verdict.kind === 'allowed' && verdict.declaredOnly
    return op === 'setstat'
      ? one.kind === other.kind
      : rank(one) === rank(other) && isDeclaredOnly(one) === isDeclaredOnly(other)
  })
  return isSame
    ? null
    : `\`${at}\` and \`${aim}\` are not under the same rules, and a link would make them one: bring the file to both`
}
