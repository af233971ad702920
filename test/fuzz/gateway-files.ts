// Targets: files and texts that the gateway and its commands read and that somebody else may have written.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { parse as parseYaml, YAMLParseError } from 'yaml'

import { RecorderError } from '../../recorder/index.ts'
import { readContents, readList } from '../../gateway/backup/contents.ts'
import { lockUp, unlock } from '../../gateway/backup/keys.ts'
import { parseCredentials } from '../../gateway/blobs/settings.ts'
import { parseCastEvent, parseCastHeader } from '../../gateway/cli/cast.ts'
import { parseDuration, parseInstant } from '../../gateway/cli/duration.ts'
import { Failure } from '../../gateway/cli/failure.ts'
import { readPeople } from '../../gateway/cli/people-file.ts'
import { parseServer } from '../../gateway/cli/server-url.ts'
import { parseSession } from '../../gateway/cli/session-file.ts'
import { readTar, TarFault } from '../../gateway/cli/tar.ts'
import { parseConfig } from '../../gateway/config.ts'
import { parsePublicKey } from '../../gateway/identity/enrol.ts'
import { parseAddress } from '../../gateway/mail-address.ts'
import { BlindKeys } from '../../gateway/search/blind.ts'
import { IndexFile, isDamaged } from '../../gateway/search/index-file.ts'
import { parseQuery } from '../../gateway/search/query.ts'
import { ShownLines } from '../../gateway/search/shown-lines.ts'
import { folded, tokensOf } from '../../gateway/search/tokens.ts'
import { TypedLines } from '../../gateway/search/typed-lines.ts'
import { parseTicket } from '../../gateway/tickets/connector.ts'
import { goldenFiles } from './samples.ts'
import { type FuzzTarget, textOf } from './target.ts'

const digest = 'ab'.repeat(32)
const backup = {
  format: 'sallyport-backup/v1',
  createdAt: 1_767_225_600_000,
  version: '0.2.0',
  origin: 'plant1.example/gateway-ledger',
  config: digest,
  store: { file: 'store-1.sqlite', bytes: 4096, sha256: digest, entries: 7, root: 'AAAA' },
  recordings: { file: 'recordings-1.jsonl', sha256: digest, count: 1, bytes: 10 },
  keys: null,
}
const listed = {
  session: 'ses_0123456789abcdefghjkmnpqrs',
  sealed: true,
  files: [{ name: '0000.stream', bytes: 121, sha256: digest }],
}
const json = (...values: readonly unknown[]): Buffer[] => values.map((value) => Buffer.from(JSON.stringify(value)))
const texts = (...values: readonly string[]): Buffer[] => values.map((value) => Buffer.from(value))

/** Two files and a folder, as `tar` writes them (ustar). */
function tarSample(): Buffer {
  const header = (name: string, size: number, type: string): Buffer => {
    const block = Buffer.alloc(512)
    block.write(name, 0)
    block.write('0000644\0', 100)
    block.write('0000000\0', 108)
    block.write('0000000\0', 116)
    block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
    block.write('00000000000\0', 136)
    block.fill(0x20, 148, 156)
    block.write(type, 156)
    block.write('ustar\u000000', 257, 'latin1')
    const sum = block.reduce((total, byte) => total + byte, 0)
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return block
  }
  const content = (text: string): Buffer => Buffer.concat([Buffer.from(text), Buffer.alloc(512 - text.length)])
  const pax = '20 path=pax/file.txt\n'
  return Buffer.concat([
    header('export/', 0, '5'),
    header('export/MANIFEST', 5, '0'),
    content('hello'),
    header('pax', pax.length, 'x'),
    content(pax),
    header('x', 3, '0'),
    content('abc'),
    Buffer.alloc(1024),
  ])
}

const yaml = `
dataFolder: /var/lib/sallyport
evidence:
  origin: plant1.example/gateway-ledger
  recipients: [age1xxxx]
recordings:
  store: s3
  s3: { endpoint: https://s3.example, bucket: evidence }
`

export async function gatewayTargets(folder: string): Promise<readonly FuzzTarget[]> {
  mkdirSync(folder, { recursive: true })
  const identity = await generateX25519Identity()
  const kept = [{ field: 'evidence.key', path: '/etc/sallyport/key.pem', content: Buffer.from('key') }]
  const locked = await lockUp(kept, [await identityToRecipient(identity)])
  const blind = new BlindKeys(Buffer.alloc(32, 5))
  const sealed = Buffer.from(blind.seal('ses_1', 'channel/0', { text: 'coil 1 on' }))
  const indexSample = join(folder, 'sample.sqlite')
  IndexFile.openOrMake(indexSample, Buffer.alloc(32, 5)).index.close()

  return [
    {
      name: 'backup-contents',
      reads: ['gateway/backup/contents.ts: readContents'],
      promise: 'is malformed, or names only files inside the folder',
      samples: json(backup),
      async judge(bytes) {
        const dir = join(folder, 'backup')
        mkdirSync(dir, { recursive: true })
        writeFileSync(join(dir, 'backup.json'), bytes)
        const read = await readContents(dir)
        if (read.kind !== 'ok') return assert.equal(read.kind, 'malformed')
        const { store, recordings, keys, createdAt } = read.contents
        assert.ok(new Date(createdAt).toISOString() !== '')
        for (const file of [store.file, recordings.file, keys?.file ?? '']) assert.ok(!/[/\\\n]/.test(file), file)
      },
    },
    {
      name: 'backup-list',
      reads: ['gateway/backup/contents.ts: readList'],
      promise: 'names recordings and files of recordings, or says which line does not',
      samples: [Buffer.from(`${JSON.stringify(listed)}\n${JSON.stringify({ ...listed, sealed: false, files: [] })}\n`)],
      async judge(bytes) {
        const path = join(folder, 'list.jsonl')
        writeFileSync(path, bytes)
        try {
          for await (const { session, files } of readList(path))
            for (const name of [session, ...files.map((file) => file.name)]) assert.match(name, /^[a-z0-9_.]+$/)
        } catch (error) {
          assert.match(error instanceof Error ? error.message : '', /^line \d+: expected a recording with its files$/)
        }
      },
    },
    {
      name: 'backup-keys',
      reads: ['gateway/backup/keys.ts: unlock', 'recorder/wrapped-key.ts: decryptWith'],
      promise: 'gives the keys that were locked up, or is refused',
      samples: [locked],
      share: 20,
      async judge(bytes) {
        try {
          assert.deepEqual(await unlock(bytes, [identity]), kept)
        } catch (error) {
          assert.ok(error instanceof RecorderError, String(error))
        }
      },
    },
    {
      name: 'search-query',
      reads: ['gateway/search/query.ts: parseQuery'],
      promise: 'is malformed with every problem, or has terms',
      samples: texts('coil "one two" pre* -not person:anna after:2026-01-01 in:typed', '"10.2.3.4" /etc/x FB_Axis_12'),
      judge(bytes) {
        const parsed = parseQuery(textOf(bytes))
        if (parsed.kind === 'malformed') return assert.ok(parsed.problems.length > 0)
        for (const term of [...parsed.query.all, ...parsed.query.none]) assert.ok(term.tokens.length > 0)
      },
    },
    {
      name: 'search-lines',
      reads: [
        'gateway/search/typed-lines.ts: TypedLines',
        'gateway/search/shown-lines.ts: ShownLines',
        'gateway/search/tokens.ts: tokensOf',
      ],
      promise: 'lines are the same however the bytes are cut, and their words stand in them',
      samples: texts(
        'ls -la\u007f\u007f\r',
        '\u001b[A\u001b[3D\u0015x\r\n',
        '\u001b]0;t\u0007Gr\u00fc\u00dfe \u6f22\u5b57\r\n',
      ),
      judge(bytes) {
        for (const Lines of [TypedLines, ShownLines]) {
          const read = (pieces: readonly Uint8Array[]): string[] => {
            const lines: string[] = []
            const reader = new Lines(({ text }) => void lines.push(text))
            for (const piece of pieces) reader.push(piece, 0)
            reader.end(0)
            return lines
          }
          const lines = read([bytes])
          assert.deepEqual(read(Array.from(bytes, (byte) => Buffer.of(byte))), lines)
          for (const line of lines)
            for (const { text, start, end } of tokensOf(line)) assert.equal(folded(line.slice(start, end)), text)
        }
      },
    },
    {
      name: 'search-sealed',
      reads: ['gateway/search/blind.ts: BlindKeys'],
      promise: 'gives what was sealed, or null',
      samples: [sealed],
      judge(bytes) {
        const opened = blind.open('ses_1', 'channel/0', bytes)
        assert.deepEqual(opened, bytes.equals(sealed) ? { text: 'coil 1 on' } : null)
        assert.equal(blind.open('ses_2', 'channel/0', bytes), null)
      },
    },
    {
      name: 'search-index',
      reads: ['gateway/search/index-file.ts: IndexFile'],
      promise: 'is read, or known to be damaged, or made anew',
      samples: [readFileSync(indexSample)],
      share: 10,
      judge(bytes) {
        const file = join(folder, 'index.sqlite')
        for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
        writeFileSync(file, bytes)
        const { index } = IndexFile.openOrMake(file, Buffer.alloc(32, 5))
        try {
          const fields = { person: ['a'], supplier: [], asset: ['b'], plant: ['c'] }
          index.begin({ session: 'ses_1', startedAt: 1_767_225_600_000, fields })
        } catch (error) {
          if (!isDamaged(error)) throw error
        } finally {
          index.close()
        }
      },
    },
    {
      name: 'archive',
      reads: ['gateway/cli/tar.ts: readTar'],
      promise: 'no name leaves the folder, and no file has another length than it says',
      samples: [tarSample()],
      async judge(bytes) {
        try {
          for await (const entry of readTar(inPieces(bytes))) {
            assert.ok(!entry.path.startsWith('/') && !entry.path.split('/').includes('..'), entry.path)
            if (entry.kind === 'folder') continue
            let size = 0
            for await (const chunk of entry.content) size += chunk.length
            assert.equal(size, entry.size)
          }
        } catch (error) {
          assert.ok(error instanceof TarFault, String(error))
        }
      },
    },
    {
      name: 'cast',
      reads: ['gateway/cli/cast.ts: parseCastHeader', 'gateway/cli/cast.ts: parseCastEvent'],
      promise: 'is a header or an event with a time, or null',
      samples: goldenFiles(/\.cast$/).flatMap((file) =>
        textOf(file)
          .split('\n')
          .slice(0, 3)
          .map((line) => Buffer.from(line)),
      ),
      judge(bytes) {
        const header = parseCastHeader(textOf(bytes))
        if (header !== null) assert.ok(header.width >= 1 && header.height >= 1)
        const event = parseCastEvent(textOf(bytes))
        if (event !== null) assert.ok(Number.isFinite(event.at) && event.at >= 0)
      },
    },
    {
      name: 'configuration',
      reads: ['gateway/config.ts: parseConfig'],
      promise: 'is a configuration, or every problem with it',
      samples: texts(yaml),
      share: 40,
      judge(bytes) {
        const value = yamlIn(textOf(bytes))
        if (value === undefined) return
        const loaded = parseConfig(value, {}, folder)
        if (loaded.kind === 'invalid') assert.ok(loaded.problems.length > 0)
      },
    },
    {
      name: 'people-file',
      reads: ['gateway/cli/people-file.ts: readPeople'],
      promise: 'is a list of people, or says what is wrong',
      samples: texts('people:\n  - login: anna\n    roles: [vendor]\n    supplier: acme\n    plants: [plant-1]\n'),
      share: 40,
      async judge(bytes) {
        const path = join(folder, 'people.yaml')
        writeFileSync(path, bytes)
        try {
          for (const { roles } of await readPeople(path)) assert.ok(roles.length > 0)
        } catch (error) {
          assert.ok(error instanceof Failure, String(error))
        }
      },
    },
    {
      name: 'gateway-texts',
      reads: [
        'gateway/cli/session-file.ts: parseSession',
        'gateway/identity/enrol.ts: parsePublicKey',
        'gateway/tickets/connector.ts: parseTicket',
        'gateway/mail-address.ts: parseAddress',
        'gateway/cli/server-url.ts: parseServer',
        'gateway/cli/duration.ts: parseDuration',
        'gateway/cli/duration.ts: parseInstant',
        'gateway/blobs/settings.ts: parseCredentials',
      ],
      promise: 'is what it should be, or is refused with a reason',
      samples: [
        ...texts(
          'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJVpy4MYzyy5tMwqPXUmHs9xdS6b9Mu3ni1t3t6Mm8kn anna',
          'anna@supplier.example',
          'https://gateway.example:8443',
          '1h30m',
          '2026-01-01T00:00:00Z',
          '[default]\naws_access_key_id = AK\naws_secret_access_key = secret\n',
        ),
        ...json(
          {
            state: 'open',
            title: 'x',
            assets: ['a'],
            window: { from: '2026-01-01T00:00Z', until: '2026-01-02T00:00Z' },
          },
          { format: 'sallyport-login/v1', url: 'https://g', ca: null, login: 'anna', refresh: null },
        ),
      ],
      judge(bytes) {
        const text = textOf(bytes)
        const key = parsePublicKey(text)
        if ('problem' in key) assert.ok(key.problem.length > 0)
        else assert.match(key.key, /^[a-z0-9-]+ [A-Za-z0-9+/=]+$/)
        const ticket = parseTicket(text)
        if ('state' in ticket && ticket.window !== null) assert.ok(ticket.window.from < ticket.window.until)
        const address = parseAddress(text)
        const server = parseServer(text)
        for (const parsed of [address, server, parseDuration(text), parseInstant(text, 1_767_225_600_000)])
          if (parsed.kind === 'malformed') assert.ok(parsed.reason.length > 0)
        const credentials = parseCredentials(text)
        if (credentials !== null) assert.ok(!/\s/.test(credentials.access + credentials.secret))
        const session = parseSession(text)
        if (session !== null) assert.equal(typeof session.url, 'string')
      },
    },
  ]
}

/** The bytes in pieces of odd lengths, as a network gives them. */
async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes.length; at += 97) yield bytes.subarray(at, at + 97)
}

/** The value of a text that is YAML; what is none is refused by who reads the file. */
function yamlIn(text: string): unknown {
  try {
    return parseYaml(text, { logLevel: 'error' })
  } catch (error) {
    if (error instanceof YAMLParseError || error instanceof ReferenceError) return undefined
    throw error
  }
}
