// Makes an installation ready to run, after npm has put the packages in place: builds ssh2's native cipher binding for
// the Node that will load it, and links the `sallyport` command. Says nothing when all is well, and never fails an
// installation: without the binding SSH still works, only slower (about 75 instead of 310 MB/s on one core).
//
// Why not ssh2's own install script (denied under `allowScripts`): it compiles for the Node and the headers that npm was
// set up with, which need not be the pinned ones, it fetches headers from a second site when it has none, and it
// reports success for a binding that does not load. Above all, with headers as they are the binding can abort a gateway
// (headers.mjs says how): one that was compiled so is replaced, and where that is not possible, removed. `cpu-features`,
// also denied, would only move one cipher in ssh2's default order; the gateway names its ciphers itself.

import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { findHeaders, hasCleanupHooks, layOutHeaders } from './headers.mjs'
import { findPinned, root } from './pinned.mjs'

const pinned = findPinned()
const node = pinned ? pinned.program : process.execPath
const ssh2 = join(root, 'node_modules', 'ssh2')
const source = join(ssh2, 'lib', 'protocol', 'crypto')
const compiled = join('build', 'Release', 'sshcrypto.node')
const binding = join(source, compiled)

buildBinding()
linkCommand()

function buildBinding() {
  if (!existsSync(source) || whyUnfit(binding) === null) return
  // Beside ssh2's sources, because they look for another package's headers from where they are compiled; and a folder of
  // its own, because processes that run meanwhile keep the binding that is in place till there is a better one.
  const work = mkdtempSync(join(ssh2, '.build-'))
  try {
    const built = join(work, 'crypto', compiled)
    const why = compile(work) ?? whyUnfit(built)
    if (why === null) {
      mkdirSync(dirname(binding), { recursive: true })
      renameSync(built, binding)
    } else {
      rmSync(binding, { force: true })
      process.stdout.write(`sallyport: SSH will be slower: ssh2's native ciphers were not built: ${why}\n`)
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Null for a binding that can be used, or in one clause why not. */
function whyUnfit(file) {
  // Loaded in a child, because the Node that runs this file need not be the one that will use the binding.
  const loads = spawnSync(node, ['-e', 'require(process.argv[1])', file], { stdio: 'ignore' }).status === 0
  if (!loads) return 'the compiled binding does not load'
  return hasCleanupHooks(file) ? 'the compiled binding would abort a gateway' : null
}

/** Compiles a copy of the sources in `work`. Null, or in one clause why nothing was built. */
function compile(work) {
  const asked = spawnSync(node, ['-p', 'process.versions.openssl.split(".")[0]'], { encoding: 'utf8' })
  if (asked.status !== 0) return `\`${node}\` does not run here`
  const own = findHeaders(node)
  if (own === null) return `\`${node}\` came without its headers (include/node)`
  const headers = join(work, 'headers')
  const problem = layOutHeaders(own, headers)
  if (problem !== null) return problem
  const copy = join(work, 'crypto')
  cpSync(source, copy, { recursive: true, filter: (path) => path !== join(source, 'build') })
  return runNodeGyp(copy, headers, asked.stdout.trim())
}

/** Null, or in one clause why it failed. */
function runNodeGyp(cwd, headers, opensslMajor) {
  const options = ['rebuild', `--real_openssl_major=${opensslMajor}`]
  // node-gyp lets what npm exports about its user's settings win over arguments, so the headers are named there.
  const env = { ...process.env }
  for (const name of ['target', 'disturl', 'runtime']) delete env[`npm_config_${name}`]
  env.npm_config_loglevel = 'error'
  env.npm_config_nodedir = headers
  // npm tells its scripts where its own node-gyp is; other package managers put one in the path.
  const own = process.env.npm_config_node_gyp
  const run = own
    ? spawnSync(process.execPath, [own, ...options], { cwd, env, encoding: 'utf8' })
    : spawnSync('node-gyp', options, { cwd, env, encoding: 'utf8', shell: process.platform === 'win32' })
  if (run.error) return `node-gyp: ${run.error.message}`
  if (run.status === 0) return null
  const output = `${run.stdout}\n${run.stderr}`
  if (/find Python/i.test(output))
    return 'python3 is missing: install python3, make and g++, then run `npm run postinstall`'
  if (/not found: make|make: .*(not found|No such file)|(g\+\+|c\+\+|cc): .*(not found|No such file)/i.test(output)) {
    return 'no C++ compiler: install make and g++, then run `npm run postinstall`'
  }
  const lines = output.split('\n').filter((line) => /error/i.test(line))
  return lines.length > 0 ? lines[0].trim() : `node-gyp ended with ${run.status}`
}

/** `npx sallyport` looks in node_modules/.bin, where npm links the commands of dependencies but not the root's own. */
function linkCommand() {
  const folder = join(root, 'node_modules', '.bin')
  if (process.platform === 'win32' || !existsSync(folder)) return
  const link = join(folder, 'sallyport')
  if (lstatSync(link, { throwIfNoEntry: false })) unlinkSync(link)
  symlinkSync(relative(folder, join(root, 'gateway', 'sallyport.mjs')), link)
}
