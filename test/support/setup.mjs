// Sees to it that the programs the tests run against are there, before `npm test` begins. Installs what is missing when
// it may (as root on Debian), fetches what the system has too old; otherwise says what to install. In CI a part still
// missing fails the run.
// The table of parts is in parts.ts; this file is plain JavaScript so that it can say when the Node is the wrong one.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'

import { isSupported, wantedMajor } from '../../gateway/runtime/pinned.mjs'

if (!isSupported(process.versions.node)) {
  fail(`node: expected version ${wantedMajor}, got ${process.versions.node}: run \`npm ci\`, then \`npm test\``)
}

const { findPart, inCi, partNames, parts } = await import('./parts.ts')
const { prepareNewerOpenSsh } = await import('./newer-openssh.ts')

const missingParts = () => partNames.filter((name) => findPart(name) === null)
const packagesOf = (names) => [...new Set(names.filter((name) => !parts[name].apart).map((name) => parts[name].debian))]

let missing = missingParts()
if (packagesOf(missing).length > 0 && process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
  install(packagesOf(missing))
  missing = missingParts()
}
// After the system's own, whose libraries it runs with.
if (missing.some((name) => parts[name].apart)) {
  say('making OpenSSH 10 ready beside the system\u2019s own')
  const problem = prepareNewerOpenSsh()
  if (problem !== null) say(`no OpenSSH 10: ${problem}`)
  missing = missingParts()
}
for (const name of missing) say(`${name} is missing: ${parts[name].why}`)
if (missing.length > 0) {
  const packages = packagesOf(missing)
  if (packages.length > 0) say(`to install: sudo apt-get install ${packages.join(' ')}`)
  if (inCi) fail('a part is missing, and in CI no test is skipped')
  say('the tests that need what is missing are skipped')
}
// Debian makes this folder when the service starts; an sshd that a test starts as root needs it too.
if (process.getuid?.() === 0 && findPart('sshd') !== null) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })

/** Installs Debian packages, without letting a package start a service: nobody who tests asked for an SSH server. */
function install(packages) {
  say(`installing ${packages.join(' ')}`)
  const policy = '/usr/sbin/policy-rc.d'
  const ours = !existsSync(policy)
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    if (apt(['update', '-qq']) !== 0) say('apt-get update failed: going on with the package lists there are')
    const status = apt(['install', '-y', '-qq', '--no-install-recommends', ...packages])
    if (status !== 0) say(`apt-get install ended with ${status}`)
  } finally {
    if (ours) rmSync(policy)
  }
}

/** Runs apt-get and returns its exit status. Its output is shown only when it fails. */
function apt(options) {
  const patience = ['-o', 'Acquire::Retries=3', '-o', 'DPkg::Lock::Timeout=300']
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const run = spawnSync('apt-get', [...patience, ...options], { env, encoding: 'utf8' })
  if (run.status !== 0) process.stdout.write(`${run.stdout ?? ''}${run.stderr ?? ''}`)
  return run.status
}

function say(text) {
  process.stdout.write(`setup: ${text}\n`)
}

function fail(text) {
  process.stderr.write(`setup: ${text}\n`)
  process.exit(1)
}
