// A locked terminal: the screen is cleared, and what is typed is a code and nothing else. The code is never shown, never
// recorded and never reaches the target. Whether it is right is asked of the session; what the lock holds back is the
// relay's.

import { Secret } from '../../secret.ts'

export interface TerminalLock {
  /** Takes what was typed. */
  take(bytes: Uint8Array): void
}

/** Clears the screen and what was scrolled out of it (ECMA-48 ED 3 and 2, CUP). */
export const clearScreen = '\x1b[3J\x1b[2J\x1b[H'
const question = '\r\nCode of your authenticator: '
/** Six digits, and blanks as some write them. */
const longest = 16

/**
 * Asks, and asks again until the code is right; the relay then lets everything through.
 * @param show writes to the terminal.
 */
export function openLock(
  show: (text: string) => void,
  unlock: (code: Secret<string>) => Promise<'unlocked' | 'wrong'>,
): TerminalLock {
  let typed = ''
  let judging = false

  async function enter(): Promise<void> {
    const code = new Secret(typed)
    typed = ''
    judging = true
    try {
      const answer = await unlock(code)
      if (answer === 'wrong') show(`\r\nnot this one: wait for the next code${question}`)
    } catch {
      // Why it could not be judged is in the gateway's log; here it stays locked.
      show(`\r\nthe code could not be checked: try again${question}`)
    } finally {
      judging = false
    }
  }

  /** Gives what a key is answered with. */
  function take(code: number): string {
    if (code === 13 || code === 10) {
      if (typed !== '') void enter()
    } else if (code === 127 || code === 8) {
      if (typed === '') return ''
      typed = typed.slice(0, -1)
      return '\b \b'
    } else if (code >= 32 && code < 127 && typed.length < longest) {
      typed += String.fromCharCode(code)
      return '*'
    }
    return ''
  }

  show(question)
  return {
    take(bytes) {
      let answer = ''
      // What is typed while a code is judged is no part of the next one.
      for (const code of bytes) if (!judging) answer += take(code)
      // At once for all of them: a packet for every key of a paste would be many times its size.
      if (answer !== '') show(answer)
    },
  }
}
