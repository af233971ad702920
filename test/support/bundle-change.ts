// A bundle that is changed while a gateway runs: its files as the stage has them with one of them changed, proposed by one
// person and activated by another.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { parseDocument } from 'yaml'

import type { BundleView, ProposalView } from '../../gateway/contract/bundle-views.ts'
import type { GatewayStage } from './gateway-stage.ts'

/** The files of the stage's bundle, one of them changed. @throws where that changes nothing. */
export function filesWith(
  { stage }: Pick<GatewayStage, 'stage'>,
  file: string,
  change: (text: string) => string,
): Record<string, string> {
  const { bundleFolder } = stage.config
  const names = readdirSync(bundleFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(bundleFolder.length + 1))
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(bundleFolder, name), 'utf8')]))
  const before = files[file] ?? ''
  const after = change(before)
  if (after === before) throw new Error(`\`${file}\` is what it was`)
  return { ...files, [file]: after }
}

/** `assets.yaml` with another value of a field of an asset's first endpoint. */
export const redeclared =
  (asset: string, field: string, value: unknown) =>
  (assets: string): string => {
    const document = parseDocument(assets)
    const { items } = document.get('assets') as { readonly items: readonly { get(key: string): unknown }[] }
    const at = items.findIndex((item) => item.get('id') === asset)
    document.setIn(['assets', at, 'endpoints', 0, field], value)
    return document.toString()
  }

/** Who proposes, and who puts it in force. */
export async function enrolKeepers(stage: GatewayStage): Promise<void> {
  for (const login of ['keeper', 'second']) {
    await stage.enrol({ login, displayName: login, roles: ['isms-manager'], supplier: null, plants: ['north'] })
    await stage.api(login)
  }
}

/** Puts the bundle in force with `assets.yaml` changed. */
export async function activate(stage: GatewayStage, change: (assets: string) => string): Promise<void> {
  const [keeper, second] = [await stage.api('keeper'), await stage.api('second')]
  const proposal = { files: filesWith(stage, 'assets.yaml', change), comment: 'less than before' }
  const view = await keeper.ok<ProposalView>('POST', '/proposals', proposal)
  const base = view.comparison?.from.digest
  await second.ok<BundleView>('POST', `/proposals/${view.proposal.id}/activate`, { base })
}

export async function rollBack(stage: GatewayStage): Promise<void> {
  const second = await stage.api('second')
  const base = (await second.ok<BundleView>('GET', '/bundle')).digest
  await second.ok<BundleView>('POST', '/bundles/rollback', { base, reason: 'it is needed again' })
}
