// Password hashing: argon2id (RFC 9106), a bounded number at a time, so that a flood of logins costs a queue and not the
// machine. A login that doesn't exist is checked against a decoy, so that its answer takes as long as a wrong password.

import { randomBytes } from 'node:crypto'
import argon2 from '@node-rs/argon2'
import { Secret } from '../secret.ts'

/** RFC 9106 section 4, second recommended option, with one lane: 64 MiB, three passes. */
const cost = { memoryCost: 65_536, timeCost: 3, parallelism: 1 }
/** For tests and the demo, where hundreds of logins run on two cores; still argon2id. */
const lightCost = { memoryCost: 8_192, timeCost: 1, parallelism: 1 }

export interface Passwords {
  hash(password: Secret<string>): Promise<Secret<string>>
  /** `null` is a login that doesn't exist: takes the same time, answers false. `'busy'` when too many wait already. */
  verify(stored: Secret<string> | null, password: Secret<string>): Promise<boolean | 'busy'>
  /** Was this hash made at the cost in force? */
  isCurrent(stored: Secret<string>): boolean
}

export interface PasswordOptions {
  readonly cost: 'full' | 'light'
  /** Hashes computed at the same time. */
  readonly parallel: number
  /** Hashes waiting; one more is refused. */
  readonly queue: number
}

export async function openPasswords(options: PasswordOptions): Promise<Passwords> {
  const chosen = options.cost === 'full' ? cost : lightCost
  // The PHC form in which a hash names its own cost.
  const costText = `$argon2id$v=19$m=${chosen.memoryCost},t=${chosen.timeCost},p=${chosen.parallelism}$`
  const decoy = await argon2.hash(randomBytes(16).toString('hex'), chosen)
  let running = 0
  const waiting: (() => void)[] = []

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= options.parallel) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return {
    hash: async (password) => new Secret(await inTurn(() => argon2.hash(password.expose(), chosen))),
    async verify(stored, password) {
      if (waiting.length >= options.queue) return 'busy'
      const good = await inTurn(() => argon2.verify(stored?.expose() ?? decoy, password.expose()))
      return stored !== null && good
    },
    isCurrent: (stored) => stored.expose().startsWith(costText),
  }
}
