import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { CookieJar } from '../../../gateway/cli/cookie-jar.ts'
import { anyText } from './any-text.ts'

const login = '/api/v1/auth/login'

describe('the cookie jar', () => {
  it('sends a cookie to its path and below, and nowhere else', () => {
    const jar = new CookieJar()
    jar.take(
      ['access=a1; Path=/api/v1; HttpOnly; Secure; SameSite=Strict', 'refresh=r1; path=/api/v1/auth; HttpOnly'],
      login,
    )
    expect(jar.header('/api/v1/status')).toBe('access=a1')
    expect(jar.header('/api/v1/auth/refresh')).toBe('access=a1; refresh=r1')
    expect(jar.header('/api/v1/authority')).toBe('access=a1')
    expect(jar.header('/api/v10')).toBe('')
    expect(jar.header('/api/v1/requests?cursor=x')).toBe('access=a1')
  })

  it('finds the one cookie that is bound to the refresh route', () => {
    const jar = new CookieJar()
    jar.take(['access=a; Path=/api/v1', 'refresh=r; Path=/api/v1/auth'], login)
    expect(jar.only('/api/v1/auth/refresh', '/api/v1/status')).toEqual({
      name: 'refresh',
      value: 'r',
      path: '/api/v1/auth',
    })
    jar.take(['second=s; Path=/api/v1/auth'], login)
    expect(jar.only('/api/v1/auth/refresh', '/api/v1/status')).toBeNull()
  })

  it('replaces a cookie of the same name, and drops one that is emptied', () => {
    const jar = new CookieJar()
    jar.take(['a=1; Path=/'], login)
    jar.take(['a=2; Path=/'], login)
    expect(jar.header('/x')).toBe('a=2')
    jar.take(['a=; Path=/; Max-Age=0'], login)
    expect(jar.header('/x')).toBe('')
  })

  it('takes the folder of the address where no path is given', () => {
    const jar = new CookieJar()
    jar.take(['a=1'], login)
    expect([jar.header('/api/v1/auth/me'), jar.header('/api/v1/me')]).toEqual(['a=1', ''])
  })

  it('never makes a header that could break out of its line', () => {
    fc.assert(
      fc.property(fc.array(anyText), (headers) => {
        const jar = new CookieJar()
        jar.take(headers, login)
        return /^[\x20-\x7e]*$/.test(jar.header(login))
      }),
    )
  })
})
