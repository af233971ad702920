// What a change of a conduit does to access.

import { expect, it } from 'vitest'
import { effectOf } from '../../../policy/diff/effects.ts'

const conduit = {
  id: 'dmz-to-control',
  owner: 'Production lead',
  reviewBy: '2035-12-31',
  operationClass: 'operate',
  protocols: ['ssh'],
  payloads: null,
  direction: 'forward',
  from: 'dmz',
  to: 'control',
  spans: null,
}

it('opens access where a conduit is let cross several boundaries, and closes it where it is not any more', () => {
  const spanning = { ...conduit, spans: 'the hop comes with the new switch' }
  expect(effectOf('conduits', conduit, spanning)).toBe('opens')
  expect(effectOf('conduits', spanning, conduit)).toBe('closes')
})
