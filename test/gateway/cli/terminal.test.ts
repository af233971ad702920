// Prompts and the player on a real terminal, which `script` makes.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { describeWith } from '../../support/describe-with.ts'
import { partPath } from '../../support/parts.ts'

const program = join(import.meta.dirname, 'terminal-program.ts')

/** Types each answer once what comes before it has been shown; gives all that was shown, and the exit code. */
async function typed(
  steps: readonly (readonly [shown: string, keys: string])[],
): Promise<{ text: string; code: unknown }> {
  const child = spawn(partPath('script'), ['-qec', `'${process.execPath}' '${program}'`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const left = [...steps]
  let text = ''
  let from = 0
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
    const [shown = '', keys = ''] = left[0] ?? []
    const at = left.length === 0 ? -1 : text.indexOf(shown, from)
    if (at < 0) return
    from = at + shown.length
    left.shift()
    child.stdin.write(keys)
  })
  const [code] = (await ended) as [unknown]
  return { text, code }
}

describeWith(['script'], 'a terminal', () => {
  it.each([
    ['q', 'q'],
    ['Ctrl-C', '\u0003'],
  ])('shows what is asked but not the password, plays, and is as before after %s', async (_name, key) => {
    const { text, code } = await typed([
      ['Login: ', 'shift-lead\r'],
      ['Password: ', 'hush-4711\r'],
      ['playing..', key],
    ])
    expect(code).toBe(0)
    expect(text).toContain('<shift-lead 9>')
    expect(text).not.toContain('hush')
    expect(text).toContain('[stopping]')
    const restored = text.slice(text.indexOf('[stopping]'))
    expect(restored).toContain('\u001b[?1049l')
    expect(restored).toContain('\u001b[0m')
    expect(restored).toContain('[whole false]')
    expect(restored).toContain('[raw false]')
  })

  it('is left alone when nothing is answered', async () => {
    const { text, code } = await typed([['Login: ', '\u0003']])
    expect(code).not.toBe(0)
    expect(text).toContain('nothing was answered')
  })
})
