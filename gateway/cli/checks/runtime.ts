// Doctor on the machine: the Node.js that runs us, SSH's cipher path, and the clock.

import { existsSync } from 'node:fs'
import { findBinding, hasNativeCiphers, mayAbort } from '../../brokers/ssh/native-ciphers.ts'
import { fail, ok, warn, type Check } from './check.ts'

const wantedMajor = 24
/** A machine that shows an earlier time has never had its clock set: nothing here was written before. */
const earliest = Date.UTC(2026, 0, 1)

export function checkNode(version: string): Check {
  const what = 'node'
  if (Number(version.split('.')[0]) === wantedMajor) return ok(what, `version ${version}`)
  return fail(what, `version ${version}, expected ${wantedMajor}`, 'run `npm ci` on Linux, or install Node.js 24')
}

export function checkCiphers(): Check {
  const what = 'ssh ciphers'
  if (hasNativeCiphers()) return judgeBinding(what, findBinding())
  return warn(
    what,
    'native binding not loaded: SSH runs at a quarter of its speed',
    'install python3, make and g++, then `npm run postinstall`',
  )
}

/** Of a native binding that loads: compiled by `npm run postinstall`, or by something else and so that it may abort. */
export function judgeBinding(what: string, file: string): Check {
  if (!mayAbort(file)) return ok(what, 'native binding in use')
  return fail(
    what,
    'native binding compiled with unchanged headers of Node.js: it can abort the gateway, with every session',
    'run `npm run postinstall`, and start the gateway again',
  )
}

/** @param newest the latest instant that the gateway has written down, if any: time does not go back. */
export function checkClock(now: number, newest: number | null): Check {
  const what = 'clock'
  const time = new Date(now).toISOString()
  if (now < earliest) return fail(what, `${time}: was never set`, 'set the clock and start NTP')
  if (newest !== null && newest > now + 60_000) {
    return fail(
      what,
      `${time}: behind the newest evidence, ${new Date(newest).toISOString()}`,
      'set the clock and start NTP: windows and one-time codes depend on it',
    )
  }
  // What systemd-timesyncd and chrony leave behind while they keep the clock.
  const kept = [
    '/run/systemd/timesync/synchronized',
    '/run/chrony/chronyd.pid',
    '/run/chronyd.pid',
    '/run/ntpd.pid',
  ].some(existsSync)
  if (kept) return ok(what, `${time}, kept by a time service`)
  return warn(
    what,
    `${time}, and no time service was found`,
    'make sure something keeps the clock: one-time codes allow 30 s',
  )
}
