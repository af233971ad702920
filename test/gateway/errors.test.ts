import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { GatewayError, problems, type ProblemCode } from '../../gateway/errors.ts'
import { Secret } from '../../gateway/secret.ts'

describe('the table of problems', () => {
  it.each(Object.entries(problems))('gives `%s` a status and a text with no full stop', (code, { status, text }) => {
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    expect(text).toMatch(/^[a-z].*[^.]$/)
    expect(new GatewayError(code as ProblemCode).message).toBe(text)
  })
})

describe('a secret', () => {
  it('prints as <secret> wherever it lands', () => {
    const secret = new Secret('hunter2')
    for (const text of [
      String(secret),
      ['', secret].join(''),
      JSON.stringify({ secret }),
      inspect({ deep: { secret } }, { depth: 9 }),
    ]) {
      expect(text).toContain('<secret>')
      expect(text).not.toContain('hunter2')
    }
    expect(secret.expose()).toBe('hunter2')
  })
})
