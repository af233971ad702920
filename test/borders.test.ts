// The borders inside the house, as two tables and a reader of imports: which library lives where, and which folder may
// import which. `tsc --build` already refuses an import between top-level folders that no tsconfig reference allows;
// this sees what it cannot: libraries, the layers of the gateway, and what must stay free of I/O.

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Each third-party library has one home, so that replacing it touches one folder. Tests may use any of them. */
const homes: Readonly<Record<string, readonly string[]>> = {
  ssh2: ['gateway/brokers/ssh', 'gateway/demo'],
  ioredis: ['gateway/bus'],
  kysely: ['gateway/store'],
  'node:sqlite': ['gateway/store', 'gateway/search'],
  fastify: ['gateway/api'],
  'fast-json-stringify': ['gateway/api'],
  '@fastify/': ['gateway/api'],
  ws: ['gateway/api', 'gateway/cli'],
  '@cedar-policy/': ['policy'],
  'node-forge': ['certs-dev'],
  'age-encryption': ['recorder', 'certs-dev'],
  otplib: ['gateway/identity'],
  '@node-rs/argon2': ['gateway/identity'],
  commander: ['gateway/cli'],
  pino: ['gateway/log.ts'],
  nodemailer: ['gateway/outbox'],
  '@aws-sdk/': ['gateway/blobs'],
}

/** What each top-level folder may import of ours, besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  policy: [],
  recorder: [],
  'certs-dev': [],
  gateway: ['policy', 'recorder', 'certs-dev', 'package.json'],
  'admin-ui': ['gateway/contract', 'policy', 'recorder'],
}

/** The gateway's layers, outermost first: an import stays in its layer or goes to a later one. */
const layers: readonly (readonly string[])[] = [
  ['cli', 'demo', 'main.ts', 'sallyport.mjs'],
  ['app.ts', 'start', 'material.ts'],
  ['workers'],
  ['api', 'brokers'],
  [
    'access',
    'sessions',
    'identity',
    'guards',
    'evidence',
    'outbox',
    'tickets',
    'search',
    'copies',
    'backup',
    'incidents',
    'people',
    'drills',
    'airlock',
    'sockets',
    'dependencies',
  ],
  ['store', 'bus', 'blobs'],
]

/** Files that only say what another layer must bring: they may be seen from everywhere. */
const contracts = ['gateway/brokers/broker.ts', 'gateway/airlock/airlock.ts']

/** Neighbours in one layer that must not know each other. */
const strangers: readonly (readonly [string, string])[] = [
  ['gateway/api', 'gateway/brokers'],
  ['gateway/brokers', 'gateway/api'],
]

/** Folders that take what they need as values: no files, no network, no clock, no dice. */
const pure = ['policy', 'gateway/guards']
const doingIo = /^node:(fs|net|tls|dgram|dns|http|https|http2|child_process|cluster|worker_threads|sqlite)(\/|$)/
/** What reads and compares addresses and opens nothing. */
const addressesOnly = /^import \{ (?:BlockList|isIP)(?:, (?:BlockList|isIP))* \} from 'node:net'$/
const clockOrDice = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(|\bTemporal\.Now\b/

interface Import {
  readonly from: string
  readonly line: number
  /** A module's name, or the path from the root of a file of ours. */
  readonly to: string
  readonly ours: boolean
}

const files = globSync('{policy,recorder,gateway,certs-dev,admin-ui}/**/*.{ts,tsx,mjs}', {
  cwd: root,
  exclude: (path) => path === 'node_modules' || path === 'dist',
})
const imports = files.flatMap(readImports)

/** Reads static, re-exported and dynamic imports; a specifier stands on the line that ends its statement. */
function readImports(from: string): Import[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g
  return readFileSync(join(root, from), 'utf8')
    .split('\n')
    .flatMap((text, index) =>
      [...text.replace(/^\s*(\/\/|\*).*/, '').matchAll(pattern)].map((match) => {
        const to = match[1] ?? ''
        const ours = to.startsWith('.')
        return { from, line: index + 1, to: ours ? normalize(join(dirname(from), to)) : to, ours }
      }),
    )
}

const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)
const show = (found: Import, rule: string): string => `${found.from}:${found.line} imports ${found.to}: ${rule}`
const top = (path: string): string => path.split('/')[0] ?? ''

/** Which layer a file of the gateway is in; what is in none (config, errors, log, ...) is below them all. */
function layerOf(path: string): number {
  if (contracts.includes(path)) return layers.length
  const name = path.split('/')[1] ?? ''
  const found = layers.findIndex((layer) => layer.includes(name))
  return found === -1 ? layers.length : found
}

describe('borders', () => {
  it('sees the imports it judges', () => {
    expect(imports.some((found) => found.ours)).toBe(true)
    expect(imports.some((found) => !found.ours)).toBe(true)
  })

  it('keeps each library in its home', () => {
    const astray = imports.flatMap((found) =>
      Object.entries(homes)
        .filter(([library]) => (library.endsWith('/') ? found.to.startsWith(library) : isIn(found.to, library)))
        .filter(([, allowed]) => !found.ours && !allowed.some((folder) => isIn(found.from, folder)))
        .map(([, allowed]) => show(found, `its home is ${allowed.join(', ')}`)),
    )
    expect(astray).toEqual([])
  })

  it('lets a folder import only what is declared for it', () => {
    const astray = imports
      .filter((found) => found.ours && top(found.from) !== top(found.to))
      .filter((found) => !(mayImport[top(found.from)] ?? []).some((folder) => isIn(found.to, folder)))
      .map((found) => show(found, `may import ${mayImport[top(found.from)]?.join(', ') || 'nothing of ours'}`))
    expect(astray).toEqual([])
  })

  it('lets imports inside the gateway run inwards only', () => {
    const astray = imports
      .filter((found) => found.ours && isIn(found.from, 'gateway') && isIn(found.to, 'gateway'))
      .filter((found) => layerOf(found.from) > layerOf(found.to))
      .map((found) => show(found, 'runs outwards'))
    expect(astray).toEqual([])
  })

  it('keeps the API and the brokers, and the brokers among themselves, apart', () => {
    const broker = (path: string): string => /^gateway\/brokers\/([^/.]+)\//.exec(path)?.[1] ?? ''
    const astray = imports
      .filter((found) => found.ours)
      .filter(
        ({ from, to }) =>
          strangers.some(([one, other]) => isIn(from, one) && isIn(to, other)) ||
          (broker(from) !== '' && broker(to) !== '' && broker(from) !== broker(to)),
      )
      .map((found) => show(found, 'the two must not know each other'))
    expect(astray).toEqual([])
  })

  it('keeps policy and guards free of I/O, clock and dice', () => {
    const isPure = (path: string): boolean => pure.some((folder) => isIn(path, folder))
    const lineOf = ({ from, line }: Import): string =>
      readFileSync(join(root, from), 'utf8').split('\n')[line - 1] ?? ''
    const io = imports
      .filter((found) => isPure(found.from) && doingIo.test(found.to))
      .filter((found) => !addressesOnly.test(lineOf(found)))
      .map((found) => show(found, 'I/O'))
    const clock = files.filter(isPure).flatMap((path) =>
      readFileSync(join(root, path), 'utf8')
        .split('\n')
        .flatMap((text, index) =>
          clockOrDice.test(text) && !/^\s*(\/\/|\*|\/\*)/.test(text) ? [`${path}:${index + 1}: ${text.trim()}`] : [],
        ),
    )
    expect([...io, ...clock]).toEqual([])
  })
})
