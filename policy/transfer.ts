// What of files is asked for and granted: which switches on which paths. That they are well formed, that an approver only
// makes them less, and how people read them. What rules make of them on one path is files.ts's.

import { faultOfPattern, isPatternWithin, mayMeet, mostGrantedPaths } from './file-paths.ts'
import { quote } from './ids.ts'
import {
  fileSwitches,
  lookingSwitches,
  type AccessAsk,
  type FileRule,
  type FileSwitch,
  type FileTerms,
  type OperationClass,
} from './model.ts'

/** What of these terms an operation class leaves: `observe` lists and reads. Undefined where nothing is left. */
export function transferWithin(transfer: FileTerms | undefined, operationClass: OperationClass): FileTerms | undefined {
  if (transfer === undefined || operationClass !== 'observe') return transfer
  const allow = transfer.allow.filter((each) => lookingSwitches.includes(each))
  return allow.length === 0 ? undefined : { ...transfer, allow }
}

/** Why these files cannot be asked for, in one clause; null where they can, or none are. */
export function faultOfTransfer({ transfer, operationClass }: Pick<AccessAsk, 'transfer' | 'operationClass'>) {
  if (transfer === undefined) return null
  const { allow, paths } = transfer
  if (allow.length === 0) return 'expected what is to be done with files, got nothing: leave files out'
  if (paths.length === 0) return 'expected at least one path that files are at, got none'
  if (paths.length > mostGrantedPaths) return `expected at most ${mostGrantedPaths} paths, got ${paths.length}`
  for (const path of paths) {
    const fault = faultOfPattern(path)
    if (fault !== null) return fault
  }
  const changing = operationClass === 'observe' ? allow.filter((each) => !lookingSwitches.includes(each)) : []
  if (changing.length === 0) return null
  return `who may only observe lists and reads files, got ${changing.map(quote).join(', ')}: ask for \`operate\``
}

/** Why these are not less than, or the same as, what stands; null where they are. */
export function widerThan(standing: FileTerms | undefined, chosen: FileTerms): string | null {
  if (standing === undefined) return 'expected no files: none are asked for'
  const added = chosen.allow.filter((each) => !standing.allow.includes(each))
  if (added.length > 0)
    return `expected ${standing.allow.join(', ')} or less of files, got ${added.map(quote).join(', ')}`
  if (chosen.allow.length === 0 || chosen.paths.length === 0) return 'expected what is granted of files, or none at all'
  const beyond = chosen.paths.find((path) => !standing.paths.some((each) => isPatternWithin(path, each)))
  if (beyond === undefined) return null
  return faultOfPattern(beyond) ?? `expected paths inside ${standing.paths.map(quote).join(', ')}, got ${quote(beyond)}`
}

export function isSameTransfer(a: FileTerms | undefined, b: FileTerms | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  const same = (some: readonly string[], others: readonly string[]): boolean =>
    some.length === others.length && some.every((each) => others.includes(each))
  return same(a.allow, b.allow) && same(a.paths, b.paths)
}

/**
 * What of these terms no rule would ever let through, in one clause; null where all of it might cross. The paths asked for
 * are counted and not said: the answer is kept as evidence, and they are what somebody typed.
 */
export function unmetTransfer({ allow, paths }: FileTerms, rules: readonly FileRule[]): string | null {
  for (const op of allow) {
    const allowing = rules.filter((rule) => rule.allow.includes(op))
    if (allowing.length === 0) return `no rule of files.yaml lets you ${verbs[op]} there`
    for (const [at, path] of paths.entries()) {
      const where = paths.length === 1 ? 'in the path asked for' : `in path ${at + 1} of those asked for`
      if (!allowing.some((rule) => rule.paths.some((each) => mayMeet(path, each))))
        return `no rule of files.yaml lets you ${verbs[op]} ${where}`
      const denying = rules.find(
        (rule) => rule.deny.includes(op) && rule.paths.some((each) => isPatternWithin(path, each)),
      )
      if (denying !== undefined) return `rule ${quote(denying.id)} lets nobody ${verbs[op]} ${where}`
    }
  }
  return null
}

/** Which way files go: `change` is all that is done to them in place. */
export function waysOf({ allow }: Pick<FileTerms, 'allow'>): readonly ('bring' | 'fetch' | 'change' | 'list')[] {
  const changing: readonly FileSwitch[] = ['delete', 'rename', 'mkdir', 'setstat', 'symlink']
  const ways = [
    ...(allow.includes('write') ? (['bring'] as const) : []),
    ...(allow.includes('read') ? (['fetch'] as const) : []),
    ...(allow.some((each) => changing.includes(each)) ? (['change'] as const) : []),
  ]
  return ways.length === 0 ? ['list'] : ways
}

const verbs: Readonly<Record<FileSwitch, string>> = {
  list: 'list',
  read: 'fetch',
  write: 'bring',
  delete: 'delete',
  rename: 'rename',
  mkdir: 'make folders',
  setstat: 'set attributes',
  symlink: 'make links',
}

/** As people read it, the gravest first: `bring, fetch, list in /opt/recipes/**`. */
export function sayTransfer({ allow, paths }: FileTerms): string {
  const order: readonly FileSwitch[] = ['write', 'delete', 'rename', 'symlink', 'setstat', 'mkdir', 'read', 'list']
  const said = order.filter((each) => allow.includes(each)).map((each) => verbs[each])
  return `${said.join(', ')} in ${paths.join(', ')}`
}

/** In the order of the model, each once. */
export const sortedSwitches = (allow: readonly FileSwitch[]): readonly FileSwitch[] =>
  fileSwitches.filter((each) => allow.includes(each))
