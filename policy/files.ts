// What may be done to a file on a target, and how its content crosses: what the rules of files.yaml and a grant come to
// on one path, and which features an SSH endpoint has. Whose program asks, what a path really is, and who takes a file
// apart, is the gateway's.

import type { Bundle } from './bundle/bundle.ts'
import { faultOfPath, foldPath, isMeant, isMeantWithAll, isPatternWithin, mayMeet, touchesTree } from './file-paths.ts'
import { quote } from './ids.ts'
import { machineRulesOf } from './machine.ts'
import {
  fileCrossings,
  standardEnvironment,
  standardFeatures,
  withoutVerdict,
  type Asset,
  type DeclaredFile,
  type FileCrossing,
  type FilePermission,
  type FileRule,
  type FileSwitch,
  type FileTerms,
  type FileVerdict,
  type Grant,
  type Person,
  type SshEndpoint,
  type SshFeature,
} from './model.ts'
import { plantOf } from './scope.ts'
import { transferWithin } from './transfer.ts'
import { quarantined } from './unsupported.ts'

/** Features by which files come and go. */
export const fileFeatures: readonly SshFeature[] = ['sftp', 'scp', 'rsync', 'git']

/**
 * May this be done to this canonical absolute path? The grant has to allow it, and a rule, and no rule may deny it. Then
 * content crosses as the strictest of every rule that allows it there says.
 */
export function judgeFile(permission: FilePermission, op: FileSwitch, path: string): FileVerdict {
  return judge(permission, op, path, isMeant, isMeant)
}

/**
 * As `judgeFile`, for the path and everything that is or will be below it: allowed where one pattern means all of that,
 * and where no rule denies any of it. For what carries whole trees and cannot be judged file by file.
 */
export function judgeTree(permission: FilePermission, op: FileSwitch, path: string): FileVerdict {
  return judge(permission, op, path, isMeantWithAll, touchesTree)
}

type Compare = (pattern: string, path: string) => boolean

/** `means`: for what allows; `touches`: for what forbids or is stricter. */
function judge(
  { granted, within, rules }: FilePermission,
  op: FileSwitch,
  path: string,
  means: Compare,
  touches: Compare,
): FileVerdict {
  const fault = faultOfPath(path)
  if (fault !== null) return refused(fault)
  if (granted === null) return refused('this access was granted without files: ask for them when you ask for access')
  const shown = `${sayOp[op]} ${quote(path)}`
  if (!gives(granted, op, path, means)) return refused(`this access was not granted to ${shown}`)
  if (within !== undefined && !gives(within, op, path, means))
    return refused(`access.yaml does not let this machine account ${shown}`)
  const folded = foldPath(path)
  const isNear = ({ paths }: FileRule): boolean =>
    paths.some((each) => {
      const pattern = foldPath(each)
      return touches(each, path) || touches(pattern, path.toLowerCase()) || touches(pattern, folded)
    })
  const near = rules.filter(isNear)
  const denying = near.find(({ deny }) => deny.includes(op))
  if (denying !== undefined)
    return refused(`rule ${quote(denying.id)} forbids to ${shown}: ${denying.text}`, denying.id)
  const allowing = near.filter(({ allow }) => allow.includes(op))
  if (!allowing.some(({ paths }) => paths.some((each) => means(each, path))))
    return refused(`no rule of the plant lets anybody ${shown}`)
  const inward = op === 'write'
  const crossings = allowing.map((rule) => (inward ? rule.upload : rule.download))
  const kept = allowing.flatMap(({ retention }) => retention ?? [])
  return {
    kind: 'allowed',
    rules: allowing.map(({ id }) => id),
    crossing: fileCrossings.findLast((each) => crossings.includes(each)) ?? 'release',
    withoutVerdict:
      withoutVerdict.findLast((each) => allowing.some((rule) => rule.withoutVerdict === each)) ?? 'refuse',
    releasedBy: allowing.map(({ releasedBy }) => releasedBy).reduce((a, b) => a.filter((role) => b.includes(role))),
    declaredOnly: inward && allowing.some(({ declaredOnly }) => declaredOnly),
    largest: Math.min(...allowing.map(({ largest }) => largest)),
    retention: [...new Set(kept)],
  }
}

const refused = (text: string, rule: string | null = null): FileVerdict => ({ kind: 'refused', rule, text })

function gives({ allow, paths }: FileTerms, op: FileSwitch, path: string, means: Compare): boolean {
  return allow.includes(op) && paths.some((pattern) => means(pattern, path))
}

/** What a switch lets somebody do, as a verb before a path. */
export const sayOp: Readonly<Record<FileSwitch, string>> = {
  list: 'list',
  read: 'read',
  write: 'write',
  delete: 'delete',
  rename: 'rename',
  mkdir: 'make the folder',
  setstat: 'set the attributes of',
  symlink: 'make the link',
}

/** Is the rule about files of this asset, carried by this person? One that names suppliers is about nobody of the plant. */
export function isFileRuleFor(rule: FileRule, asset: Asset, person: Pick<Person, 'supplier'>, bundle: Bundle): boolean {
  const { supplier } = person
  return (
    isFileRuleAbout(rule, asset, plantOf(asset, bundle).id) &&
    (rule.suppliers === undefined || (supplier !== null && rule.suppliers.includes(supplier)))
  )
}

/** Is the rule about files of such an asset, whoever carries them? */
export function isFileRuleAbout(
  rule: FileRule,
  { id, type, labels }: Pick<Asset, 'id' | 'type' | 'labels'>,
  plant: string,
): boolean {
  return (
    (rule.plants?.includes(plant) ?? true) &&
    (rule.assets?.includes(id) ?? true) &&
    (rule.types?.includes(type) ?? true) &&
    (rule.labels?.some((label) => labels.includes(label)) ?? true)
  )
}

/** The rules about what a person carries to or from an asset, as they hold there. */
export function fileRulesFor(asset: Asset, person: Pick<Person, 'supplier'>, bundle: Bundle): readonly FileRule[] {
  const rules = bundle.files.filter((rule) => isFileRuleFor(rule, asset, person, bundle))
  return asset.unsupported ? rules.map(quarantined) : rules
}

/** What of files holds in a session by this grant, under this bundle. `looks`: it may only look now. */
export function filePermissionOf(
  bundle: Bundle,
  asset: Asset,
  person: Pick<Person, 'supplier' | 'machine' | 'login'>,
  grant: Pick<Grant, 'transfer' | 'operationClass'>,
  declared: readonly DeclaredFile[],
  looks = false,
): FilePermission {
  const rules = fileRulesFor(asset, person, bundle)
  const granted = transferWithin(grant.transfer, looks ? 'observe' : grant.operationClass) ?? null
  if (person.machine === undefined) return { granted, rules, declared }
  const within = machineRulesOf(person.login, bundle.access)?.files
  return within === undefined ? { granted: null, rules, declared } : { granted, within, rules, declared }
}

/** How content crosses in one path that is asked for, by the rules about it. */
export interface ExpectedCrossing {
  readonly path: string
  readonly way: 'bring' | 'fetch'
  /** At the least: single files may cross more strictly. Null: no rule lets any through. */
  readonly crossing: FileCrossing | null
  /** Is every file refused there whose digest is not declared? */
  readonly declaredOnly: boolean
  readonly rules: readonly string[]
}

/** What crosses how, by path and way; what changes nothing but names and attributes is not part of it. */
export function crossingsOf({ allow, paths }: FileTerms, rules: readonly FileRule[]): readonly ExpectedCrossing[] {
  return (['bring', 'fetch'] as const).flatMap((way) => {
    const op = way === 'bring' ? 'write' : 'read'
    if (!allow.includes(op)) return []
    const allowing = rules.filter((rule) => rule.allow.includes(op))
    return paths.map((path) => {
      const near = allowing.filter((rule) => rule.paths.some((each) => mayMeet(path, each)))
      // Rules that mean all of it hold for each file there; of the others none is sure to.
      const sure = near.filter((rule) => rule.paths.some((each) => isPatternWithin(path, each)))
      const said = (sure.length === 0 ? near : sure).map((rule) => (way === 'bring' ? rule.upload : rule.download))
      const crossing =
        sure.length === 0
          ? fileCrossings.find((each) => said.includes(each))
          : fileCrossings.findLast((each) => said.includes(each))
      return {
        path,
        way,
        crossing: crossing ?? null,
        declaredOnly: way === 'bring' && sure.some((rule) => rule.declaredOnly),
        rules: near.map(({ id }) => id),
      }
    })
  })
}

const crossingWords: Readonly<Record<FileCrossing, string>> = {
  pass: 'crosses as it comes, with its digest',
  scan: 'crosses on a good verdict',
  release: 'crosses on a good verdict, when a person lets it go or the request declares its digest',
}

/** An expected crossing as a sentence. */
export function sayCrossing({ path, way, crossing, declaredOnly, rules }: ExpectedCrossing): string {
  const what = way === 'bring' ? `What is brought to ${path}` : `What is fetched from ${path}`
  if (crossing === null) return `${what} is refused: no rule of files.yaml allows it.`
  const only = declaredOnly ? ', and only what the request declares by its digest' : ''
  return `${what} ${crossingWords[crossing]}${only} (${rules.join(', ')}).`
}

/** What an endpoint is open for, to whom, now. A machine has no terminal; nothing is forwarded while somebody only looks. */
export function featuresOf(
  { features = standardFeatures }: Pick<SshEndpoint, 'features'>,
  { isMachine = false, looks = false }: { readonly isMachine?: boolean; readonly looks?: boolean } = {},
): readonly SshFeature[] {
  return features.filter((each) => {
    if (each === 'terminal') return !isMachine
    if (each === 'forward') return !isMachine && !looks
    return true
  })
}

/** May this variable be set there? Names are compared as they are written. */
export function maySetVariable({ environment = standardEnvironment }: Pick<SshEndpoint, 'environment'>, name: string) {
  return environment.some((each) => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === name))
}
