import { describe, expect, it } from 'vitest'
import {
  composeTransfer,
  crossingNotes,
  mayDelete,
  offeredPaths,
  offeredWays,
  type TransferDraft,
} from '../../../admin-ui/src/vendor/transfer-asked.ts'
import type { AssetView, OpenFilesView } from '../../../gateway/contract/views.ts'

const rule = { id: 'r', text: '', upload: 'release', download: 'pass', declaredOnly: true } as const
const files: OpenFilesView = {
  features: ['sftp'],
  rules: [
    { ...rule, paths: ['/opt/in/**'], allow: ['list', 'write', 'mkdir', 'delete'] },
    { ...rule, paths: ['/opt/out/**'], allow: ['list', 'read'] },
  ],
}
// Only what is read of it.
const asset = { files } as AssetView
const compose = (draft: Partial<TransferDraft>, operationClass = 'operate') =>
  composeTransfer({ transfer: 'none', paths: '', deletes: false, operationClass, ...draft }, asset)

describe('files in the form', () => {
  it('are offered the ways that rules let them go, and to who observes only outwards', () => {
    expect(offeredWays(files, 'operate')).toEqual(['none', 'bring', 'fetch', 'both'])
    expect(offeredWays(files, 'observe')).toEqual(['none', 'fetch'])
    expect(offeredWays(null, 'operate')).toEqual(['none'])
  })

  it('begin where the rules let them', () => {
    expect(offeredPaths(files, 'bring')).toEqual(['/opt/in/**'])
    expect(offeredPaths(files, 'none')).toEqual([])
  })

  it('are asked for with what belongs to the way, each path once', () => {
    expect(compose({ transfer: 'bring', paths: ' /opt/in/** \n\n/opt/in/**' })).toEqual({
      kind: 'ok',
      transfer: { allow: ['list', 'write', 'mkdir'], paths: ['/opt/in/**'] },
    })
    expect(compose({ transfer: 'bring', paths: '/opt/in/**', deletes: true })).toMatchObject({
      transfer: { allow: ['list', 'write', 'delete', 'mkdir'] },
    })
    expect(mayDelete(files, 'fetch', 'operate')).toBe(false)
  })

  it('are none where none are wanted, or the class lets none go that way', () => {
    expect(compose({})).toEqual({ kind: 'ok', transfer: null })
    expect(compose({ transfer: 'bring', paths: '/a' }, 'observe')).toEqual({ kind: 'ok', transfer: null })
  })

  it('are at some absolute path', () => {
    expect(compose({ transfer: 'fetch', paths: ' ' }).kind).toBe('problem')
    expect(compose({ transfer: 'fetch', paths: 'opt' })).toMatchObject({ text: 'A path begins with /, got opt' })
  })

  it('tell what happens to them on the way', () => {
    expect(crossingNotes(files, 'bring')).toEqual([
      'What you bring is scanned, and waits for somebody of the plant unless you declare it below.',
      'Only files declared below arrive.',
    ])
    expect(crossingNotes(files, 'fetch')).toEqual([])
  })
})
