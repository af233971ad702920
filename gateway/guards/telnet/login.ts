// The dialogue in which the gateway logs in at a target that has no login of its own protocol: what is heard is held
// against the declared prompts, and the next thing is sent once. A target that asks a second time gets nothing: it may be
// one that collects what is sent to it.

import type { LoginDialogue } from '../../../policy/index.ts'

export type LoginStep =
  | { readonly kind: 'wait' }
  | { readonly kind: 'send'; readonly what: 'account' | 'password' }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused' }

/** Characters of a line that are looked at: a prompt stands at its end. */
const longestLine = 400

/** Does the whole text fit, where `*` stands for any characters? In time of at most one length times the other. */
export function fits(pattern: string, line: string): boolean {
  let [p, l, star, mark] = [0, 0, -1, 0]
  while (l < line.length) {
    if (pattern[p] === '*') {
      star = p++
      mark = l
    } else if (p < pattern.length && pattern[p] === line[l]) {
      p++
      l++
    } else if (star >= 0) {
      p = star + 1
      l = ++mark
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

export class LoginTalk {
  readonly #dialogue: LoginDialogue
  readonly #decoder = new TextDecoder()
  #waitsFor: 'account' | 'password' | 'success'
  #line = ''
  #escape: 'none' | 'begun' | 'control' | 'string' = 'none'
  #failed = false

  constructor(dialogue: LoginDialogue) {
    this.#dialogue = dialogue
    this.#waitsFor = dialogue.account === undefined ? 'password' : 'account'
  }

  get waitsFor(): 'account' | 'password' | 'success' {
    return this.#waitsFor
  }

  /** What the target says now. A prompt is what nothing has followed yet, so it is looked for when all is heard. */
  hear(bytes: Uint8Array): LoginStep {
    for (const char of this.#decoder.decode(bytes, { stream: true })) this.#take(char)
    this.#lookForFailure()
    if (this.#failed) return { kind: 'refused' }
    const { account, password, success } = this.#dialogue
    const asks = (prompt: string | undefined): boolean =>
      prompt !== undefined && fits(`*${prompt}`, this.#line.trimEnd())
    switch (this.#waitsFor) {
      case 'account':
        return asks(account) ? this.#send('account', 'password') : { kind: 'wait' }
      case 'password':
        if (asks(password)) return this.#send('password', 'success')
        return asks(account) ? { kind: 'refused' } : { kind: 'wait' }
      case 'success':
        if (asks(success)) return { kind: 'done' }
        return asks(password) || asks(account) ? { kind: 'refused' } : { kind: 'wait' }
    }
  }

  #send(what: 'account' | 'password', next: 'password' | 'success'): LoginStep {
    this.#waitsFor = next
    this.#line = ''
    return { kind: 'send', what }
  }

  /** Before something was sent there is nothing that could have failed. */
  #lookForFailure(): void {
    const { failure, account } = this.#dialogue
    const hasSent = this.#waitsFor === 'success' || (this.#waitsFor === 'password' && account !== undefined)
    if (hasSent && failure !== undefined && fits(`*${failure}*`, this.#line)) this.#failed = true
  }

  /** Text as it would stand on a screen, one line of it: sequences of ECMA-48 and what moves the cursor are left out. */
  #take(char: string): void {
    switch (this.#escape) {
      case 'begun':
        this.#escape = char === '[' ? 'control' : /[\]PX^_]/.test(char) ? 'string' : 'none'
        return
      case 'control':
        if (/[@-~]/.test(char)) this.#escape = 'none'
        return
      case 'string':
        if (char === '\u0007') this.#escape = 'none'
        // ST is ESC and a backslash.
        else if (char === '\u001b') this.#escape = 'begun'
        return
      case 'none':
        if (char === '\u001b') this.#escape = 'begun'
        else if (char === '\n' || char === '\r') {
          this.#lookForFailure()
          this.#line = ''
        } else if (char >= ' ' && char !== '\u007f') this.#line = (this.#line + char).slice(-longestLine)
    }
  }
}
