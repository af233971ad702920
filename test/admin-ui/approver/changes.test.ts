import { describe, expect, it } from 'vitest'
import { changesOf, lowerClasses, type Changes } from '../../../admin-ui/src/approver/changes.ts'
import type { RequestView } from '../../../gateway/contract/views.ts'

const window = { from: Date.parse('2026-11-21T13:00:00Z'), until: Date.parse('2026-11-21T17:00:00Z') }
const terms: RequestView['terms'] = {
  window,
  operationClass: 'engineer',
  escort: false,
  conditions: '',
  transfer: null,
  changed: false,
}
// Only what the function reads.
const request = { terms, timeZone: 'UTC' } as RequestView
const asIs: Changes = {
  shorter: false,
  from: '2026-11-21T13:00',
  until: '2026-11-21T17:00',
  operationClass: 'engineer',
  escort: false,
  conditions: ' ',
  files: 'asked',
}

describe('what an approver makes less of a request', () => {
  it('is nothing where nothing differs', () => {
    expect(changesOf(request, asIs)).toEqual({ kind: 'none' })
    expect(changesOf({ ...request, terms: { ...terms, escort: true } }, { ...asIs, escort: true })).toEqual({
      kind: 'none',
    })
  })

  it('is only what differs', () => {
    const less = { ...asIs, shorter: true, until: '2026-11-21T15:00', operationClass: 'observe', escort: true } as const
    expect(changesOf(request, { ...less, conditions: ' stay on line 1 ' })).toEqual({
      kind: 'some',
      changes: {
        window: { from: window.from, until: Date.parse('2026-11-21T15:00:00Z') },
        operationClass: 'observe',
        escort: true,
        conditions: 'stay on line 1',
      },
    })
  })

  it('is never more', () => {
    expect(changesOf(request, { ...asIs, shorter: true, until: '2026-11-21T18:00' })).toMatchObject({ kind: 'problem' })
    expect(lowerClasses('operate')).toEqual(['observe'])
    expect(lowerClasses('observe')).toEqual([])
  })
})
