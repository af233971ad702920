import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  parseSession,
  readCurrent,
  readSession,
  sessionPath,
  sessionText,
  stateFolder,
  withSessionLock,
  writeSession,
  type Session,
} from '../../../gateway/cli/session-file.ts'
import { anyText } from './any-text.ts'
import { scratch } from './run-sallyport.ts'

const url = 'https://gateway.example:8443'
const session: Session = {
  url,
  ca: '-----BEGIN CERTIFICATE-----\n',
  login: 'shift-lead',
  refresh: { name: 'refresh', value: 'first', path: '/api/v1/auth' },
}
const modeOf = (path: string): number => statSync(path).mode & 0o777
const quick = { staleMs: 60_000, pause: () => setImmediate<void>() }

describe('the file of a login', () => {
  it('is read as it was written, readable by its owner only, and its gateway is the current one', async () => {
    const folder = join(scratch(), 'state')
    await writeSession(folder, session)
    expect(await readSession(folder, url)).toEqual(session)
    expect(await readCurrent(folder)).toBe(url)
    expect(modeOf(folder)).toBe(0o700)
    expect(readdirSync(folder).sort()).toEqual(['current', 'gateway.example-8443.json'])
    for (const name of readdirSync(folder)) expect(modeOf(join(folder, name))).toBe(0o600)
  })

  it('is replaced in one step: a reader meanwhile sees the old or the new one', async () => {
    const folder = scratch()
    await writeSession(folder, session)
    const seen = new Set<string>()
    let writing = true
    const writer = (async () => {
      for (let i = 0; i < 30; i++) {
        await writeSession(folder, { ...session, refresh: { name: 'refresh', value: `token-${i}`, path: '/' } })
      }
      writing = false
    })()
    while (writing) {
      seen.add((await readSession(folder, url))?.refresh?.value ?? 'torn')
      await setImmediate()
    }
    await writer
    expect(seen.has('torn')).toBe(false)
    expect((await readSession(folder, url))?.refresh?.value).toBe('token-29')
  })

  it('is refused when others may have read it', async () => {
    const folder = scratch()
    await writeSession(folder, session)
    chmodSync(sessionPath(folder, url), 0o640)
    await expect(readSession(folder, url)).rejects.toThrow('expected mode 600, got 640')
  })

  it.each(['', '{}', 'null', '[]', '{"format":"sallyport-login/v1"}', '{"format":"sallyport-login/v1","url":1}'])(
    'is refused when it holds %j',
    async (text) => {
      const folder = scratch()
      writeFileSync(sessionPath(folder, url), text, { mode: 0o600 })
      await expect(readSession(folder, url)).rejects.toThrow('remove it and log in again')
    },
  )

  it('is refused when it is of another gateway', async () => {
    const folder = scratch()
    writeFileSync(sessionPath(folder, url), sessionText({ ...session, url: 'https://other.example' }), { mode: 0o600 })
    await expect(readSession(folder, url)).rejects.toThrow('expected what `sallyport login` writes')
  })

  it('is nothing where nobody logged in', async () => {
    const folder = join(scratch(), 'never')
    expect(await readSession(folder, url)).toBeNull()
    expect(await readCurrent(folder)).toBeNull()
  })

  it('holds any session that can be written', () => {
    const text = anyText.filter((value) => value.isWellFormed())
    const cookie = fc.record({ name: text, value: text, path: text })
    fc.assert(
      fc.property(text, fc.option(text), text, fc.option(cookie), (at, ca, login, refresh) => {
        const given = { url: at, ca, login, refresh }
        expect(parseSession(sessionText(given))).toEqual(given)
      }),
    )
  })

  it('never throws for a file that is something else', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => parseSession(text) === null))
  })

  it('stays inside its folder whatever the host is called', () => {
    expect(sessionPath('/s', 'https://[::1]:8443')).toBe('/s/___1_-8443.json')
    expect(sessionPath('/s', 'https://gateway.example')).toBe('/s/gateway.example-443.json')
  })
})

describe('the folder of logins', () => {
  it('follows XDG_STATE_HOME, and ignores a relative one as the specification says', () => {
    expect(stateFolder({ XDG_STATE_HOME: '/x', HOME: '/home/shift-lead' })).toBe('/x/sallyport')
    expect(stateFolder({ XDG_STATE_HOME: 'x', HOME: '/home/shift-lead' })).toBe(
      '/home/shift-lead/.local/state/sallyport',
    )
    expect(stateFolder({ HOME: '/home/shift-lead' })).toBe('/home/shift-lead/.local/state/sallyport')
  })
})

describe('the lock of a login', () => {
  it('lets one command at a time use the refresh token', async () => {
    const folder = scratch()
    let inside = 0
    let most = 0
    let done = 0
    const use = () =>
      withSessionLock(
        folder,
        url,
        async () => {
          most = Math.max(most, ++inside)
          await setImmediate()
          inside--
          done++
        },
        quick,
      )
    await Promise.all(Array.from({ length: 12 }, use))
    expect({ most, done }).toEqual({ most: 1, done: 12 })
    expect(readdirSync(folder)).toEqual([])
  })

  it('is given back when the work fails', async () => {
    const folder = scratch()
    const fail = async (): Promise<never> => {
      throw new Error('refused')
    }
    await expect(withSessionLock(folder, url, fail, quick)).rejects.toThrow('refused')
    expect(await withSessionLock(folder, url, async () => 'next', quick)).toBe('next')
  })

  it('is taken over from a command that died', async () => {
    const folder = scratch()
    mkdirSync(folder, { recursive: true })
    const lock = `${sessionPath(folder, url)}.lock`
    writeFileSync(lock, '')
    utimesSync(lock, new Date(0), new Date(0))
    expect(await withSessionLock(folder, url, async () => readFileSync(lock, 'utf8'), quick)).toBe('')
  })
})
