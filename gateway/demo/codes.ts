// Authenticator codes for a script. A gateway takes each code once and in rising order (RFC 6238 section 5.2), and allows
// one step of clock difference either way: so two logins of one person need no waiting, and the third waits.

import { setTimeout as wait } from 'node:timers/promises'

const periodMs = 30_000

/**
 * Gives codes that will be taken, one at a time.
 * @param codeAt the code of a person's authenticator at an instant.
 */
export function openCodes<Login extends string>(
  codeAt: (login: Login, now: number) => string,
  now: () => number = Date.now,
): (login: Login) => Promise<string> {
  const used = new Map<Login, number>()
  return async (login) => {
    const step = Math.max((used.get(login) ?? 0) + 1, Math.floor(now() / periodMs))
    used.set(login, step)
    await wait(Math.max(0, (step - 1) * periodMs - now()))
    return codeAt(login, step * periodMs)
  }
}

export interface CodePair {
  /** What the authenticator shows. */
  readonly now: string
  /** What it shows next, and the gateway takes already. */
  readonly next: string
  /** How long `now` is still shown; the gateway takes it for one more step. */
  readonly secondsLeft: number
}

/** Both codes of a person that can be typed at this instant. */
export function codePair(codeAt: (at: number) => string, now: number): CodePair {
  return {
    now: codeAt(now),
    next: codeAt(now + periodMs),
    secondsLeft: Math.ceil((periodMs - (now % periodMs)) / 1000),
  }
}
