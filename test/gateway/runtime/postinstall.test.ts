import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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
function postinstall(nodeGyp: string, env: Record<string, string> = {}, program = process.execPath) {
  const script = join(root, 'node-gyp.cjs')
  writeFileSync(script, nodeGyp)
  const run = spawnSync(program, [join(root, 'gateway', 'runtime', 'postinstall.mjs')], {
    env: { ...process.env, npm_config_node_gyp: script, ...env },
    encoding: 'utf8',
  })
  return { status: run.status, stdout: run.stdout, stderr: run.stderr }
}

/**
 * Stands for a compiler: puts a module where the binding belongs, and notes what it was asked for and the headers it was
 * given, next to itself.
 */
const building = `
  const fs = require('fs')
  fs.mkdirSync('build/Release', { recursive: true })
  fs.cpSync(process.env.TEST_BINDING, 'build/Release/sshcrypto.node')
  const headers = process.env.npm_config_nodedir + '/include/node/'
  fs.writeFileSync(__dirname + '/asked.json', JSON.stringify({
    args: process.argv.slice(2),
    sources: fs.readdirSync('.'),
    node: fs.readFileSync(headers + 'node.h', 'utf8'),
    wrap: fs.readFileSync(headers + 'node_object_wrap.h', 'utf8'),
  }))`

interface Asked {
  readonly args: readonly string[]
  readonly sources: readonly string[]
  readonly node: string
  readonly wrap: string
}

/** A Node.js in a folder of its own, with two headers. */
function installNode(wrap: string): string {
  const folder = join(root, 'node_modules', `node-${process.platform}-${process.arch}`)
  mkdirSync(join(folder, 'bin'), { recursive: true })
  mkdirSync(join(folder, 'include', 'node'), { recursive: true })
  const program = join(folder, 'bin', 'node')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 })
  writeFileSync(join(folder, 'include', 'node', 'node.h'), 'as it came')
  writeFileSync(join(folder, 'include', 'node', 'node_object_wrap.h'), wrap)
  return program
}

/** What Node 24.21.0 has in its class, between other things. */
const wrapWithHooks = `class ObjectWrap {
  void AddCleanupHook() {
    AddEnvironmentCleanupHook(v8::Isolate::GetCurrent(), CleanupHook, this);
  }

  void RemoveCleanupHook() {
    RemoveEnvironmentCleanupHook(v8::Isolate::GetCurrent(), CleanupHook, this);
  }
};`
const wrapWithout = `class ObjectWrap {
  void AddCleanupHook() {}

  void RemoveCleanupHook() {}
};`

function putBinding(content: string | Buffer): string {
  mkdirSync(join(crypto, 'build', 'Release'), { recursive: true })
  const file = join(crypto, 'build', 'Release', 'sshcrypto.node')
  writeFileSync(file, content)
  return file
}

const slower = (why: string) => ({
  status: 0,
  stdout: `sallyport: SSH will be slower: ssh2's native ciphers were not built: ${why}\n`,
  stderr: '',
})

describe('postinstall', () => {
  it('builds against headers of the pinned runtime without cleanup hooks, whatever npm was set up with', () => {
    installNode(wrapWithHooks)
    writeFileSync(join(crypto, 'binding.gyp'), '')
    const run = postinstall(building, { npm_config_nodedir: '/elsewhere', TEST_BINDING: loadable })
    expect(run).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(JSON.parse(readFileSync(join(root, 'asked.json'), 'utf8')) as Asked).toEqual({
      args: ['rebuild', `--real_openssl_major=${process.versions.openssl.split('.')[0]}`],
      sources: ['binding.gyp', 'build'],
      node: 'as it came',
      wrap: wrapWithout,
    })
    expect(readFileSync(join(crypto, 'build', 'Release', 'sshcrypto.node')).equals(readFileSync(loadable))).toBe(true)
    expect(readdirSync(join(root, 'node_modules', 'ssh2'))).toEqual(['lib'])
  })

  it('takes the headers of the Node that runs it where none is pinned', () => {
    const program = installNode(wrapWithHooks)
    const folder = join(root, 'own')
    renameSync(dirname(dirname(program)), folder)
    // A copy, because a program is asked where it lies itself.
    cpSync(process.execPath, join(folder, 'bin', 'node'))
    const run = postinstall(building, { TEST_BINDING: loadable }, join(folder, 'bin', 'node'))
    expect(run).toEqual({ status: 0, stdout: '', stderr: '' })
    expect((JSON.parse(readFileSync(join(root, 'asked.json'), 'utf8')) as Asked).wrap).toBe(wrapWithout)
  })

  it('builds nothing when the binding loads already', () => {
    putBinding(readFileSync(loadable))
    expect(postinstall('process.exit(1)')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  describe('with a binding in place that would abort a gateway', () => {
    // Behind its end a library may have anything, and this one loads as before.
    const aborting = Buffer.concat([readFileSync(loadable), Buffer.from('RemoveEnvironmentCleanupHook')])

    it('builds another in its place', () => {
      installNode(wrapWithHooks)
      const file = putBinding(aborting)
      expect(postinstall(building, { TEST_BINDING: loadable })).toEqual({ status: 0, stdout: '', stderr: '' })
      expect(readFileSync(file).equals(readFileSync(loadable))).toBe(true)
    })

    it('takes it away when nothing better can be built', () => {
      installNode(wrapWithHooks)
      const file = putBinding(aborting)
      expect(postinstall('process.exit(1)')).toEqual(slower('node-gyp ended with 1'))
      expect(existsSync(file)).toBe(false)
    })

    it('takes it away when headers came in another form than is known', () => {
      installNode('ObjectWrap() { AddEnvironmentCleanupHook(isolate, hook, this); }')
      const file = putBinding(aborting)
      expect(postinstall(building)).toEqual(slower('`node_object_wrap.h` is not as expected: it would abort a gateway'))
      expect(existsSync(file)).toBe(false)
    })
  })

  it('builds nothing without headers', () => {
    const program = installNode(wrapWithHooks)
    rmSync(join(dirname(dirname(program)), 'include'), { recursive: true })
    expect(postinstall(building)).toEqual(slower(`\`${program}\` came without its headers (include/node)`))
  })

  it.each([
    ['gyp ERR! find Python', 'python3 is missing: install python3, make and g++, then run `npm run postinstall`'],
    ['Error: not found: make', 'no C++ compiler: install make and g++, then run `npm run postinstall`'],
    ['make: g++: No such file or directory', 'no C++ compiler: install make and g++, then run `npm run postinstall`'],
    ['binding.cc:7: error: no such member', 'binding.cc:7: error: no such member'],
    ['', 'node-gyp ended with 1'],
  ])('goes on with one line when node-gyp fails with `%s`', (output, why) => {
    installNode(wrapWithHooks)
    expect(postinstall(`console.error(${JSON.stringify(output)}); process.exit(1)`)).toEqual(slower(why))
  })

  it('goes on with one line when what was compiled does not load', () => {
    installNode(wrapWithHooks)
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
