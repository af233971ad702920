// From `--files` and `--path` to the files that are to cross: which way they go, or single switches, and where. What is
// left open is taken from what the rules of the assets allow, so that a request asks for nothing that is refused anyway.

import type { FileTermsBody } from '../contract/bodies.ts'
import type { AssetView, FileSwitchView } from '../contract/views.ts'
import { misused } from './failure.ts'

export interface TransferOptions {
  readonly files?: string
  readonly path: readonly string[]
}

const switches = ['list', 'read', 'write', 'delete', 'rename', 'mkdir', 'setstat', 'symlink'] as const

/** `needed`: without it the way is none; `also`: taken along where the rules allow it. */
const ways: Readonly<Record<string, { needed: readonly FileSwitchView[]; also: readonly FileSwitchView[] }>> = {
  in: { needed: ['list', 'write'], also: ['rename', 'mkdir', 'setstat'] },
  out: { needed: ['list', 'read'], also: [] },
  both: { needed: ['list', 'read', 'write'], also: ['rename', 'mkdir', 'setstat'] },
}

export const filesHelp = `files that are to cross: in, out or both, or single switches with commas between (${switches.join(', ')})`
export const pathHelp =
  'beside --files: where on the target, as /opt/recipes/**; again for more; left out, wherever the rules allow it'

/**
 * What is asked for of files on these assets; null for none. An asset that is not known here adds nothing: policy answers.
 * @throws Failure when the options contradict each other, or no rule says where.
 */
export function transferAsked({ files, path }: TransferOptions, assets: readonly AssetView[]): FileTermsBody | null {
  if (files === undefined) {
    if (path.length > 0) throw misused('--path: only beside --files, which says what is to be done there')
    return null
  }
  const rules = assets.flatMap((asset) => asset.files?.rules ?? [])
  const open = new Set(rules.flatMap(({ allow }) => allow))
  const way = ways[files]
  const allow = way === undefined ? single(files) : [...way.needed, ...way.also.filter((each) => open.has(each))]
  if (path.length > 0) return { allow: [...allow], paths: [...new Set(path)] }
  const main = allow.filter((each) => each === 'read' || each === 'write')
  const wanted = main.length === 0 ? allow : main
  const paths = [
    ...new Set(rules.flatMap((rule) => (wanted.every((each) => rule.allow.includes(each)) ? rule.paths : []))),
  ]
  if (paths.length === 0)
    throw misused('--path: expected where on the target, as /opt/recipes/**: no rule for this asset says it by itself')
  return { allow: [...allow], paths: paths.slice(0, 20) }
}

/** Less of the files, as an approver grants them: `none`, a way or switches of those that stand, or fewer paths. */
export function transferLess(
  { files, path }: TransferOptions,
  standing: FileTermsBody | null,
): FileTermsBody | null | undefined {
  if (files === undefined && path.length === 0) return undefined
  if (standing === null) throw misused('--files, --path: no files are asked for')
  if (files === 'none') {
    if (path.length > 0) throw misused('--path: not beside --files none')
    return null
  }
  const way = files === undefined ? undefined : ways[files]
  const chosen = way === undefined ? single(files ?? standing.allow.join(',')) : [...way.needed, ...way.also]
  const allow = way === undefined ? chosen : standing.allow.filter((each) => chosen.includes(each))
  return { allow: [...allow], paths: path.length > 0 ? [...new Set(path)] : standing.paths }
}

function single(files: string): readonly FileSwitchView[] {
  const words = [...new Set(files.split(',').map((each) => each.trim()))]
  return words.map((word) => {
    const known = switches.find((each) => each === word)
    if (known === undefined)
      throw misused(`--files \`${files}\`: expected in, out or both, or of ${switches.join(', ')}, got \`${word}\``)
    return known
  })
}
