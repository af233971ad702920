// Which typed bytes a recording keeps: nothing of a secret typed at a prompt without echo, everything else.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { PromptMask } from '../../recorder/terminal-mask.ts'

/** Plays a dialogue, `> ` what is heard and `< ` what is typed; gives what is recorded, `#n` for n masked bytes. */
function record(...dialogue: readonly string[]): string {
  const mask = new PromptMask()
  let recorded = ''
  for (const turn of dialogue) {
    const bytes = Buffer.from(turn.slice(2), 'utf8')
    if (turn.startsWith('> ')) mask.heard(bytes)
    else
      for (const run of mask.typed(bytes))
        recorded += run.kind === 'masked' ? `#${run.count}` : Buffer.from(run.bytes).toString('utf8')
  }
  return recorded
}

describe('what is typed at a password prompt', () => {
  it.each([
    '[sudo] password for service: ',
    'root@ews-1\u2019s password:',
    'Enter passphrase for key \u201c/root/.ssh/id\u201d: ',
    'Kennwort: ',
    'PIN> ',
    'Mot de passe : ',
    '\u5bc6\u7801\uff1a',
    'Verification code: ',
    '\r\n\u001b[1mNew password:\u001b[0m ',
    'Password:\u001b]0;title\u0007 ',
  ])('is masked after %j', (prompt) => {
    expect(record(`> $ sudo -i\r\n${prompt}`, '< s3cret\r', '> \r\n# ', '< ls\r')).toBe('#6\rls\r')
  })

  it('is masked key by key, also where the target shows stars', () => {
    expect(record('> Password: ', '< a', '> *', '< b', '> *', '< c', '< \r', '> \r\nWelcome\r\n$ ', '< id\r')).toBe(
      '#1#1#1\rid\r',
    )
  })

  it('is masked again at the second prompt, and where it was typed ahead of it', () => {
    expect(record('> Old password: ', '< one\r', '> \r\nNew password: ', '< two\r')).toBe('#3\r#3\r')
    expect(record('> Old password: ', '< one\rtwo\rtwo\r')).toBe('#3\r#3\r#3\r')
  })

  it('is shown again as soon as the target echoes it', () => {
    expect(record('> set password: ', '< h', '> h', '< ello\r')).toBe('#1ello\r')
  })

  it('keeps what interrupts', () => {
    expect(record('> Password: ', '< abc\u0003')).toBe('#3\u0003')
  })

  it('hides few bytes: a prompt is no place to hide commands behind', () => {
    expect(record('> password: ', `< ${'x'.repeat(300)}`)).toBe(`#256${'x'.repeat(44)}`)
    expect(record('> password: ', `< ${'x'.repeat(200)}`, `< ${'y'.repeat(100)}`)).toBe(`#200#56${'y'.repeat(44)}`)
  })
})

describe('what is typed elsewhere', () => {
  it.each(['$ ', 'ews-1 login: ', 'Password changed.\r\n$ ', 'the password is in the safe\r\n> ', 'spinning: '])(
    'is recorded after %j',
    (output) => {
      expect(record(`> ${output}`, '< plc-read --all\r')).toBe('plc-read --all\r')
    },
  )

  it('is never lost: every byte is there or counted', () => {
    const turn = fc.oneof(
      fc.tuple(
        fc.constant('> '),
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('Password: ', '\r\n', '*', 'x')),
      ),
      fc.tuple(fc.constant('< '), fc.string({ unit: 'binary', maxLength: 400 })),
    )
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 30 }), (turns) => {
        const mask = new PromptMask()
        for (const [way, text] of turns) {
          const bytes = Buffer.from(text, 'utf8')
          if (way === '> ') {
            mask.heard(bytes)
            continue
          }
          let at = 0
          for (const run of mask.typed(bytes)) {
            if (run.kind === 'shown') expect(Buffer.from(run.bytes)).toEqual(bytes.subarray(at, at + run.bytes.length))
            at += run.kind === 'shown' ? run.bytes.length : run.count
          }
          expect(at).toBe(bytes.length)
        }
      }),
    )
  })
})
