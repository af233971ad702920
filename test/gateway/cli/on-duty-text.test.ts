// Who is on duty, as `explain` says it: the people of the shift, or of a gap who is told and who comes next.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadBundle } from '../../../gateway/access/bundles.ts'
import { onDutyLines } from '../../../gateway/cli/on-duty-text.ts'
import type { AssetId } from '../../../policy/index.ts'

const loaded = await loadBundle(join(import.meta.dirname, '../../../gateway/demo/bundle'))
if (loaded.kind !== 'ok') throw new Error('the demo bundle is not valid')
const { bundle } = loaded
const south = bundle.assets.get('south-ews-1' as AssetId)
if (!south) throw new Error('the demo bundle has no `south-ews-1`')
const needs = [{ kind: 'approvals', needs: [{ kind: 'duty', duty: 'shift-lead' }] }] as const
const at = (time: string): readonly string[] => onDutyLines(needs, south, bundle, Date.parse(time))

it('names the people of the shift', () => {
  expect(at('2026-03-02T10:00Z')).toEqual(['On duty as shift lead then: south-shift-lead.'])
})

it('says of a gap who is told, and who comes next, on the plant\u2019s clock', () => {
  expect(at('2026-03-28T12:00Z')).toEqual([
    'Nobody is on duty as shift lead then: it waits, and security would be told; ' +
      'the next is south-shift-lead, from 2026-03-30T04:00:00Z (06:00 Europe/Madrid).',
  ])
})

it('says nothing where no duty is needed', () => {
  expect(onDutyLines([{ kind: 'record' }], south, bundle, 0)).toEqual([])
})
