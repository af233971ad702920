import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { fits, LoginTalk, type LoginStep } from '../../../../gateway/guards/telnet/login.ts'
import { SecretMask } from '../../../../gateway/guards/telnet/secret-mask.ts'

const dialogue = { account: 'login:', password: 'Password:', success: '*@plc*$', failure: 'incorrect', seconds: 5 }
const hear = (talk: LoginTalk, text: string): LoginStep => talk.hear(Buffer.from(text))

describe('the dialogue of a login', () => {
  it('sends the account and the password once each, to the prompts it was told of', () => {
    const talk = new LoginTalk(dialogue)
    expect(hear(talk, 'Welcome\r\nplc-3 log')).toEqual({ kind: 'wait' })
    expect(hear(talk, 'in: ')).toEqual({ kind: 'send', what: 'account' })
    expect(hear(talk, 'service\r\nPassword: ')).toEqual({ kind: 'send', what: 'password' })
    expect(hear(talk, '\r\nlast login: today\r\n\u001b[1mservice@plc-3:~\u001b[0m$ ')).toEqual({ kind: 'done' })
  })

  it.each([
    ['asks for the password first', ['Password: ', 'Password: ']],
    ['has a prompt in the middle of what it says', ['the login: is below\r\n', 'more ']],
  ])('sends nothing where the target %s', (_what, pieces) => {
    const talk = new LoginTalk(dialogue)
    for (const piece of pieces) expect(hear(talk, piece)).toEqual({ kind: 'wait' })
  })

  it.each([
    ['asks again', 'Password: '],
    ['asks for the account again', '\r\nlogin: '],
    ['says that it failed', '\r\nLogin incorrect\r\n'],
  ])('is refused where the target %s', (_what, piece) => {
    const talk = new LoginTalk(dialogue)
    hear(talk, 'login: ')
    hear(talk, 'Password: ')
    expect(hear(talk, piece)).toEqual({ kind: 'refused' })
  })

  it('begins with the password where no account is asked for, and takes nothing said before for a failure', () => {
    const talk = new LoginTalk({ password: 'Password:', success: '>', failure: 'incorrect', seconds: 5 })
    expect(hear(talk, 'the last login was incorrect\r\nPassword: ')).toEqual({ kind: 'send', what: 'password' })
    expect(hear(talk, '\r\nplc> ')).toEqual({ kind: 'done' })
  })

  it('never throws, and sends each thing at most once, whatever it hears and wherever that is split', () => {
    const words = fc.constantFrom(
      'login: ',
      'Password: ',
      'x@plc-1$ ',
      'incorrect',
      '\r\n',
      '\u001b[',
      '\u001b]',
      '\u0007',
      'ö',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 40 }), (pieces) => {
        const talk = new LoginTalk(dialogue)
        const sent: string[] = []
        for (const piece of pieces) {
          const step = hear(talk, piece)
          if (step.kind === 'send') sent.push(step.what)
          if (step.kind === 'done' || step.kind === 'refused') break
        }
        expect([[], ['account'], ['account', 'password']]).toContainEqual(sent)
      }),
    )
  })

  it('matches stars as any characters, as an expression would', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    const line = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
    fc.assert(
      fc.property(letters, line, (pattern, text) => {
        expect(fits(pattern, text)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text))
      }),
    )
  })

  it('takes no longer than its two lengths allow for a pattern made to be slow', () => {
    expect(fits(`${'*a'.repeat(60)}b`, 'a'.repeat(400))).toBe(false)
  })
})

describe('an echoed password', () => {
  it('is masked wherever the stream is split, and everything else is as it was', () => {
    const pieces = fc.array(fc.oneof(fc.constant('abab#'), fc.string({ unit: fc.constantFrom('a', 'b', '#', 'x') })))
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 4 }), (parts, step) => {
        const text = parts.join('')
        const mask = new SecretMask('abab#')
        const shown: Uint8Array[] = []
        for (let at = 0; at < text.length; at += step) shown.push(mask.take(Buffer.from(text.slice(at, at + step))))
        shown.push(mask.release())
        expect(Buffer.concat(shown).toString()).toBe(text.replaceAll('abab#', '********'))
        expect(mask.holds).toBe(false)
      }),
    )
  })

  it('holds back no more than may be its beginning', () => {
    const mask = new SecretMask('secret')
    expect(Buffer.from(mask.take(Buffer.from('plc> sec'))).toString()).toBe('plc> ')
    expect(mask.holds).toBe(true)
    expect(Buffer.from(mask.release()).toString()).toBe('sec')
  })
})
