import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const source = fileURLToPath(new URL('../../../gateway/runtime', import.meta.url))
/** A native module that loads in this Node, standing for the binding: one that comes built in a package. */
const [loadable = ''] = globSync('@node-rs/argon2-*/*.node', {
  cwd: fileURLToPath(new URL('../../../node_modules', import.meta.url)),
}).map((path) => fileURLToPath(new URL(`../../../node_modules/${path}`, import.meta.url)))

let root: string
let crypto: string

/** An installation in a folder of its own, with ssh2's sources in place and nothing built. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  crypto = join(root, 'node_modules', 'ssh2', 'lib', 'protocol', 'crypto')
  mkdirSync(crypto, { recursive: true })
  mkdirSync(join(root, 'node_modules', '.bin'))
  cpSync(source, join(root, 'gateway', 'runtime'), { recursive: true })
  writeFileSync(join(root, 'gateway', 'sallyport.mjs'), '')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Runs the step with a node-gyp of our own, a script that gets its arguments and a `require`. */
function postinstall(nodeGyp: string, env: Record<string, string> = {}) {
  const script = join(root, 'node-gyp.cjs')
  writeFileSync(script, nodeGyp)
  const run = spawnSync(process.execPath, [join(root, 'gateway', 'runtime', 'postinstall.mjs')], {
    env: { ...process.env, npm_config_node_gyp: script, ...env },
    encoding: 'utf8',
  })
  return { status: run.status, stdout: run.stdout, stderr: run.stderr }
}

/** Stands for a compiler: puts a module where the binding belongs, and notes what it was asked for. */
const building = `
  const fs = require('fs')
  fs.mkdirSync('build/Release', { recursive: true })
  fs.cpSync(process.env.TEST_BINDING, 'build/Release/sshcrypto.node')
  fs.writeFileSync('asked.json', JSON.stringify({ args: process.argv.slice(2), nodedir: process.env.npm_config_nodedir }))`

const slower = (why: string) => ({
  status: 0,
  stdout: `sallyport: SSH will be slower: ssh2's native ciphers were not built: ${why}\n`,
  stderr: '',
})

describe('postinstall', () => {
  it('builds against the headers of the pinned runtime, whatever npm was set up with, and says nothing', () => {
    const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`)
    mkdirSync(join(pinned, 'bin'), { recursive: true })
    writeFileSync(join(pinned, 'bin', 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 })
    const run = postinstall(building, { npm_config_nodedir: '/elsewhere', TEST_BINDING: loadable })
    expect(run).toEqual({ status: 0, stdout: '', stderr: '' })
    const asked = JSON.parse(readFileSync(join(crypto, 'asked.json'), 'utf8')) as { args: string[]; nodedir: string }
    expect(asked.nodedir).toBe(pinned)
    expect(asked.args).toEqual(['rebuild', `--real_openssl_major=${process.versions.openssl.split('.')[0]}`])
  })

  it('builds nothing when the binding loads already', () => {
    mkdirSync(join(crypto, 'build', 'Release'), { recursive: true })
    cpSync(loadable, join(crypto, 'build', 'Release', 'sshcrypto.node'))
    expect(postinstall('process.exit(1)')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it.each([
    ['gyp ERR! find Python', 'python3 is missing: install python3, make and g++, then run `npm run postinstall`'],
    ['Error: not found: make', 'no C++ compiler: install make and g++, then run `npm run postinstall`'],
    ['make: g++: No such file or directory', 'no C++ compiler: install make and g++, then run `npm run postinstall`'],
    ['binding.cc:7: error: no such member', 'binding.cc:7: error: no such member'],
    ['', 'node-gyp ended with 1'],
  ])('goes on with one line when node-gyp fails with `%s`', (output, why) => {
    expect(postinstall(`console.error(${JSON.stringify(output)}); process.exit(1)`)).toEqual(slower(why))
  })

  it('goes on with one line when what was compiled does not load', () => {
    expect(postinstall('process.exit(0)')).toEqual(slower('the compiled binding does not load'))
  })

  it('links the command for npx, again and again', () => {
    rmSync(join(root, 'node_modules', 'ssh2'), { recursive: true })
    const link = join(root, 'node_modules', '.bin', 'sallyport')
    for (const _ of [1, 2]) {
      expect(postinstall('process.exit(1)')).toEqual({ status: 0, stdout: '', stderr: '' })
      expect(readlinkSync(link)).toBe('../../gateway/sallyport.mjs')
      expect(existsSync(link)).toBe(true)
    }
  })

  it('leaves an installation without modules alone', () => {
    rmSync(join(root, 'node_modules'), { recursive: true })
    expect(postinstall('process.exit(1)')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(existsSync(join(root, 'node_modules'))).toBe(false)
  })
})
