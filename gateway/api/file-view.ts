// From files in the airlock to the views of the contract.

import type { Person } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import type { FileView } from '../contract/views.ts'
import type { StoredFileTransfer } from '../store/file-transfers.ts'
import { refOf } from './person-ref.ts'
import type { Services } from './services.ts'

type Viewer = Pick<Services, 'store' | 'bundle' | 'files'>

export async function fileViews(
  { store, bundle, files }: Viewer,
  { person: reader }: Actor,
  stored: readonly StoredFileTransfer[],
): Promise<FileView[]> {
  const current = bundle()
  const people = await store.people.byIds(
    stored.flatMap(({ person, decided }) => [person, ...(decided === null ? [] : [decided.by])]),
  )
  const ref = (id: string) => refOf(people, id, current)
  const views: FileView[] = []
  for (const file of stored) {
    const { id, session, asset, plant, person, program, direction, path, askedAt, state, size, found, decided } = file
    views.push({
      id,
      session,
      asset,
      assetName: current.assets.get(asset)?.name ?? asset,
      plant,
      person: ref(person),
      program,
      direction,
      path,
      askedAt,
      state,
      size,
      found: found === null || isKeptFrom(reader, file) ? null : foundView(found),
      rules: file.rules.map((rule) => ({ id: rule, text: current.files.find((one) => one.id === rule)?.text ?? rule })),
      releasedBy: [...file.releasedBy],
      heldBecause: file.heldBecause,
      outcome: file.outcome,
      decided: decided === null ? null : { ...decided, by: ref(decided.by) },
      awaited: files.isAwaited(id),
      mayDecide: state === 'waiting' && (await files.faultOf(reader, file)) === null,
    })
  }
  return views
}

/** What a file holds that is fetched is not told to who fetches it before it is let go: a listing is part of it. */
function isKeptFrom(reader: Person, { direction, state, outcome }: StoredFileTransfer): boolean {
  if (direction === 'in' || reader.supplier === null) return false
  const isLetGo = state === 'delivered' || state === 'released' || (state === 'broken-off' && outcome !== null)
  return !isLetGo
}

function foundView({
  sha256,
  contentType,
  archive,
  declaredAs,
  verdict,
}: NonNullable<StoredFileTransfer['found']>): NonNullable<FileView['found']> {
  return {
    sha256,
    contentType,
    archive:
      archive === null
        ? null
        : { ...archive, names: archive.names.map((each) => ({ ...each })), oddities: [...archive.oddities] },
    declaredAs,
    verdict: { ...verdict },
  }
}
