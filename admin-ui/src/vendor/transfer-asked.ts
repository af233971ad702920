// Which files a request asks for: from the way they go, and the paths typed, to the switches an approver reads. Pure;
// whether rules let them through is the gateway's to say.

import type { FileTermsBody } from '../../../gateway/contract/bodies.ts'
import type { AssetView, FileSwitchView, OpenFilesView } from '../../../gateway/contract/views.ts'

export type TransferWay = 'none' | 'bring' | 'fetch' | 'both'
export const transferWays: readonly TransferWay[] = ['none', 'bring', 'fetch', 'both']

export const wayWords: Readonly<Record<TransferWay, string>> = {
  none: 'No files',
  bring: 'Bring files to the asset',
  fetch: 'Fetch files from the asset',
  both: 'Bring and fetch files',
}

export interface TransferDraft {
  readonly transfer: TransferWay
  /** One a line. */
  readonly paths: string
  readonly deletes: boolean
}

/** What a way needs, and what comes along where the rules allow it. */
const needed: Readonly<Record<TransferWay, readonly FileSwitchView[]>> = {
  none: [],
  bring: ['list', 'write'],
  fetch: ['list', 'read'],
  both: ['list', 'read', 'write'],
}
const beside: readonly FileSwitchView[] = ['rename', 'mkdir', 'setstat']
const order: readonly FileSwitchView[] = ['list', 'read', 'write', 'delete', 'rename', 'mkdir', 'setstat']

const brings = (way: TransferWay): boolean => way === 'bring' || way === 'both'
const fetches = (way: TransferWay): boolean => way === 'fetch' || way === 'both'

/** Ways that the rules of the asset let somebody of this class go. Who only observes brings nothing. */
export function offeredWays(files: OpenFilesView | null, operationClass: string): readonly TransferWay[] {
  const open = new Set(files?.rules.flatMap(({ allow }) => allow) ?? [])
  return transferWays.filter(
    (way) => needed[way].every((each) => open.has(each)) && (operationClass !== 'observe' || !brings(way)),
  )
}

/** Paths where the rules let files go this way, to begin with. */
export function offeredPaths(files: OpenFilesView | null, way: TransferWay): readonly string[] {
  const main = needed[way].filter((each) => each !== 'list')
  const rules = files?.rules.filter(({ allow }) => main.every((each) => allow.includes(each))) ?? []
  return way === 'none' ? [] : [...new Set(rules.flatMap(({ paths }) => paths))].slice(0, 20)
}

export function mayDelete(files: OpenFilesView | null, way: TransferWay, operationClass: string): boolean {
  return (
    brings(way) && operationClass !== 'observe' && (files?.rules.some(({ allow }) => allow.includes('delete')) ?? false)
  )
}

/** What the rules do with content on its way, for who asks; each sentence once. */
export function crossingNotes(files: OpenFilesView | null, way: TransferWay): readonly string[] {
  const notes = (files?.rules ?? []).flatMap(({ allow, upload, download, declaredOnly }) => [
    ...(brings(way) && allow.includes('write') && upload === 'scan'
      ? ['What you bring is scanned before it arrives.']
      : []),
    ...(brings(way) && allow.includes('write') && upload === 'release'
      ? ['What you bring is scanned, and waits for somebody of the plant unless you declare it below.']
      : []),
    ...(brings(way) && declaredOnly ? ['Only files declared below arrive.'] : []),
    ...(fetches(way) && allow.includes('read') && download === 'scan' ? ['What you fetch is scanned first.'] : []),
    ...(fetches(way) && allow.includes('read') && download === 'release'
      ? ['What you fetch waits for somebody of the plant.']
      : []),
  ])
  return [...new Set(notes)]
}

export type ComposedTransfer =
  | { readonly kind: 'ok'; readonly transfer: FileTermsBody | null }
  | { readonly kind: 'problem'; readonly text: string }

export function composeTransfer(draft: TransferDraft & { operationClass: string }, asset: AssetView): ComposedTransfer {
  const { transfer: way, operationClass } = draft
  if (way === 'none' || !offeredWays(asset.files, operationClass).includes(way)) return { kind: 'ok', transfer: null }
  const paths = [...new Set(draft.paths.split('\n').map((path) => path.trim()))].filter((path) => path !== '')
  if (paths.length === 0) return { kind: 'problem', text: 'Say where on the asset the files are.' }
  if (paths.length > 20) return { kind: 'problem', text: 'At most 20 paths.' }
  const odd = paths.find((path) => !path.startsWith('/'))
  if (odd !== undefined) return { kind: 'problem', text: `A path begins with /, got ${odd}` }
  const open = new Set(asset.files?.rules.flatMap(({ allow }) => allow) ?? [])
  const along = brings(way) ? beside.filter((each) => open.has(each)) : []
  const deletes = draft.deletes && mayDelete(asset.files, way, operationClass)
  const wanted = new Set<FileSwitchView>([...needed[way], ...along, ...(deletes ? (['delete'] as const) : [])])
  return { kind: 'ok', transfer: { allow: order.filter((each) => wanted.has(each)), paths } }
}
