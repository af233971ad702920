import { describe, expect, it } from 'vitest'

import { addressOf } from '../../../admin-ui/src/api/calls.ts'

describe('the address of a route', () => {
  it('holds its parameters, encoded', () => {
    expect(addressOf('approve', { params: { id: 'req_1' } })).toBe('/api/v1/requests/req_1/approve')
    expect(addressOf('request', { params: { id: '../auth/logout' } })).toBe('/api/v1/requests/..%2Fauth%2Flogout')
    expect(addressOf('cast', { params: { replay: 'r 1', channel: '0' } })).toBe('/api/v1/replays/r%201/channels/0/cast')
  })

  it('leaves out what was not asked', () => {
    expect(addressOf('requests', { query: { state: null, mine: true, cursor: '', limit: 50 } })).toBe(
      '/api/v1/requests?mine=true&limit=50',
    )
    expect(addressOf('assets', {})).toBe('/api/v1/assets')
  })

  it('is not composed without a parameter it needs', () => {
    expect(() => addressOf('kill', { params: {} })).toThrow('expected a value for `:id`')
    expect(() => addressOf('kill', { params: { id: '' } })).toThrow('expected a value for `:id`')
  })
})
