// Targets: what clients, targets and balancers say on the ways into and out of a session, read without a connection.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { contentTypeOf, headBytes } from '../../gateway/airlock/content-type.ts'
import { listArchive, mostNames } from '../../gateway/airlock/archive-listing.ts'
import { parseVersion } from '../../gateway/airlock/verdict.ts'
import { parseAddressee } from '../../gateway/brokers/ssh/address.ts'
import { openFirstWords } from '../../gateway/brokers/ssh/first-words.ts'
import { readProxyHeader } from '../../gateway/brokers/ssh/proxy-header.ts'
import { TelnetGuard } from '../../gateway/guards/telnet/guard.ts'
import { recognise } from '../../gateway/guards/commands/recognise.ts'
import { joinWords, splitWords } from '../../gateway/guards/commands/words.ts'
import { formatMessage, parseMessage } from '../../gateway/guards/scp/messages.ts'
import { SftpFault } from '../../gateway/guards/sftp/fields.ts'
import { readReply, readVersion } from '../../gateway/guards/sftp/replies.ts'
import { readRequest, writeRequest } from '../../gateway/guards/sftp/requests.ts'
import { PacketSplitter } from '../../gateway/guards/sftp/splitter.ts'
import { isGenuine, parseCertificate } from '../../gateway/identity/certificates/certificate.ts'
import { parseRevoked } from '../../gateway/identity/certificates/revoked.ts'
import { parsePublicKey } from '../../gateway/identity/certificates/signature.ts'
import { parseLogin } from '../../policy/index.ts'
import { tarEnd, tarEntry } from '../support/clamd.ts'
import { partPath } from '../support/parts.ts'
import { type FuzzTarget, textOf } from './target.ts'

/** A packet of SFTP: length, type, and fields as numbers (uint32), texts (string) or bytes as they are. */
function sftpPacket(type: number, ...fields: readonly (number | string | Buffer)[]): Buffer {
  const parts = fields.map((field) => {
    if (Buffer.isBuffer(field)) return field
    const bytes = typeof field === 'string' ? Buffer.from(field) : Buffer.alloc(0)
    const number = Buffer.alloc(4)
    number.writeUInt32BE(typeof field === 'number' ? field : bytes.length)
    return Buffer.concat([number, bytes])
  })
  const body = Buffer.concat([Buffer.of(type), ...parts])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  return Buffer.concat([length, body])
}
const offset = Buffer.alloc(8)
const requests = [
  sftpPacket(1, 3),
  sftpPacket(3, 1, '/srv/drives/a.bin', 26, 4, 0o644),
  sftpPacket(6, 2, 'handle', offset, 'content'),
  sftpPacket(5, 3, 'handle', offset, 32_768),
  sftpPacket(4, 4, 'handle'),
  sftpPacket(16, 5, '.'),
  sftpPacket(18, 6, '/a', '/b'),
  sftpPacket(20, 7, 'target', 'link'),
  sftpPacket(9, 8, '/a', 15, offset, 0, 0, 0o600, 1, 2),
  sftpPacket(200, 9, 'posix-rename@openssh.com', '/a', '/b'),
  sftpPacket(200, 10, 'copy-data', 'one', offset, offset, 'two', offset),
]
const replies = [
  sftpPacket(2, 3, 'posix-rename@openssh.com', '1', 'limits@openssh.com', '1'),
  sftpPacket(101, 1, 0, 'Success', ''),
  sftpPacket(102, 2, 'handle'),
  sftpPacket(103, 3, 'content'),
  sftpPacket(104, 4, 1, 'name', '-rw-r--r-- 1 a b 3 name', 4, 0o644),
  sftpPacket(105, 5, 1, offset),
]

/** Every whole packet of bytes that came in two pieces; empty from the first that cannot be. */
function packetsIn(bytes: Buffer): Buffer[] {
  const splitter = new PacketSplitter()
  const found: Buffer[] = []
  const half = bytes.length >> 1
  try {
    for (const piece of [bytes.subarray(0, half), bytes.subarray(half)]) found.push(...splitter.take(piece))
  } catch (error) {
    if (!(error instanceof SftpFault)) throw error
  }
  return found
}

function judgeRequests(bytes: Buffer): void {
  for (const frame of packetsIn(bytes)) {
    const request = readRequest(frame)
    if (request.kind === 'malformed' || request.kind === 'unknown') continue
    // What reaches a target is written by us: it has to say what was judged, and nothing else.
    assert.deepEqual(readRequest(writeRequest(request)), request)
  }
}

function judgeReplies(bytes: Buffer): void {
  for (const frame of packetsIn(bytes))
    for (const read of [readReply, readVersion])
      try {
        read(frame)
      } catch (error) {
        if (!(error instanceof SftpFault)) throw error
      }
}

function judgeScp(bytes: Buffer): void {
  const read = parseMessage(bytes)
  if (read.kind === 'malformed' || read.kind === 'error') return
  assert.deepEqual(parseMessage(formatMessage(read).subarray(0, -1)), read)
  const name = 'name' in read ? read.name : 'x'
  assert.ok(!name.includes('/') && name !== '..' && name !== '')
}

function judgeCommand(bytes: Buffer): void {
  const line = textOf(bytes)
  const found = recognise(line)
  const words = splitWords(line)
  // A line that is not understood word for word starts nothing but a command.
  if (words === null) assert.ok(found.kind === 'command' || found.kind === 'refused')
  else {
    const texts = words.map(({ text }) => text)
    const again = splitWords(joinWords(texts))
    assert.deepEqual(
      again?.map(({ text }) => text),
      texts,
    )
  }
}

async function judgeArchive(bytes: Buffer): Promise<void> {
  const type = contentTypeOf(bytes.subarray(0, headBytes))
  const content = {
    size: bytes.length,
    read: async (at: number, length: number) => bytes.subarray(at, at + length),
  }
  for (const as of [type, 'tar archive', 'gzip data']) {
    const found = await listArchive(content, as)
    if (found) assert.ok(found.names.length <= mostNames && found.entries >= found.names.length)
  }
}

function judgeProxy(bytes: Buffer): void {
  const whole = readProxyHeader(bytes)
  if (whole.kind === 'ok') assert.ok(whole.length <= bytes.length)
  // What part of it says may be that more is needed, and never something else than the whole.
  for (const cut of [1, 12, 15, 16, bytes.length - 1])
    if (cut > 0 && cut < bytes.length) {
      const part = readProxyHeader(bytes.subarray(0, cut))
      if (part.kind === 'ok') assert.deepEqual(part, whole)
      if (part.kind === 'bad') assert.equal(whole.kind, 'bad')
    }
}

function judgeUser(bytes: Buffer): void {
  const user = textOf(bytes)
  const { login, asset } = parseAddressee(user)
  assert.ok(login.length + (asset?.length ?? 0) <= 512 && !login.includes('%'))
  const parsed = parseLogin(login)
  if (parsed.kind === 'ok') assert.match(parsed.id, /^[a-z0-9._@-]+$/)
}

function judgeFirstWords(bytes: Buffer): void {
  const [slow, atOnce] = [openFirstWords(), openFirstWords()]
  const whole = atOnce(bytes)
  let said = slow(Buffer.alloc(0))
  for (const byte of bytes.subarray(0, 600)) said = slow(Buffer.of(byte))
  if (bytes.length <= 600 && said.kind === 'other') assert.equal(whole.kind, 'other')
}

/** What a telnet target said in pieces: the text for the user, and what is answered. */
function heardIn(pieces: readonly Buffer[]): string {
  const guard = new TelnetGuard('xterm', { cols: 80, rows: 24 })
  const told = { forward: '', answer: '', end: '' }
  for (const piece of pieces)
    for (const verdict of guard.fromTarget(piece))
      if (verdict.kind === 'end') told.end = verdict.text
      else if (verdict.kind !== 'option') told[verdict.kind] += Buffer.from(verdict.bytes).toString('latin1')
  return JSON.stringify(told)
}

function judgeTelnet(bytes: Buffer): void {
  const half = bytes.length >> 1
  const whole = heardIn([bytes])
  assert.equal(heardIn([...bytes].map((byte) => Buffer.of(byte))), whole)
  assert.equal(heardIn([bytes.subarray(0, half), bytes.subarray(half)]), whole)
}

const proxy = (family: number, body: Buffer): Buffer => {
  const head = Buffer.from('0d0a0d0a000d0a515549540a2100000c', 'hex')
  head.writeUInt8(family, 13)
  head.writeUInt16BE(body.length, 14)
  return Buffer.concat([head, body, Buffer.from('SSH-2.0-x\r\n')])
}

/** Made by ssh-keygen in the folder: a certificate, lists of revoked keys, a public key. */
function keySamples(folder: string): {
  readonly certificate: Buffer
  readonly revoked: Buffer[]
  readonly key: Buffer
} {
  mkdirSync(folder, { recursive: true })
  const keygen = (...words: readonly string[]): void => {
    execFileSync(partPath('ssh-keygen'), words, { cwd: folder, stdio: 'ignore' })
  }
  for (const name of ['ca', 'user']) keygen('-q', '-t', 'ed25519', '-N', '', '-C', 'fuzz', '-f', name)
  const options = ['-O', 'source-address=10.0.0.0/8', '-O', 'force-command=id', '-V', '+1d']
  keygen('-q', '-s', 'ca', '-I', 'id', '-z', '7', '-n', 'vendor,alice', ...options, 'user.pub')
  const blobIn = (file: string): Buffer =>
    Buffer.from(readFileSync(join(folder, file), 'utf8').split(' ')[1] ?? '', 'base64')
  writeFileSync(join(folder, 'spec'), 'serial: 1-9\nserial: 77\nid: lost\n')
  keygen('-q', '-k', '-f', 'krl', '-s', 'ca', 'user.pub', 'spec')
  const list = [readFileSync(join(folder, 'krl')), readFileSync(join(folder, 'user.pub'))]
  return { certificate: blobIn('user-cert.pub'), revoked: list, key: blobIn('user.pub') }
}

/** @param folder made anew, for keys. */
export function sshInputTargets(folder: string): readonly FuzzTarget[] {
  const keys = keySamples(folder)
  const archive = Buffer.concat([
    tarEntry('drives/a.prm', Buffer.from('speed=1')),
    tarEntry('b', Buffer.alloc(0)),
    tarEnd,
  ])
  const zip = Buffer.from(
    '504b0304140000000000000000000000000000000000000000000100000061504b010214001400000000000000000000000000000000000000000001000000000000000000000000000000000061504b050600000000010001002f0000001f0000000000',
    'hex',
  )
  return [
    {
      name: 'sftp-requests',
      reads: ['gateway/guards/sftp/requests.ts: readRequest'],
      promise: 'is a request that is written again as it was read, or is refused',
      samples: [...requests, Buffer.concat(requests)],
      judge: judgeRequests,
    },
    {
      name: 'sftp-replies',
      reads: ['gateway/guards/sftp/replies.ts: readReply', 'gateway/guards/sftp/replies.ts: readVersion'],
      promise: 'is a reply, or ends the channel',
      samples: [...replies, Buffer.concat(replies)],
      judge: judgeReplies,
    },
    {
      name: 'scp-lines',
      reads: ['gateway/guards/scp/messages.ts: parseMessage'],
      promise: 'is a line that is written again as it was read and leads nowhere else, or is refused',
      samples: ['C0644 12 a.prm', 'D0755 0 drives', 'E', 'T1700000000 0 1700000000 0', '\u0001scp: no'].map((line) =>
        Buffer.from(line),
      ),
      judge: judgeScp,
    },
    {
      name: 'commands',
      reads: ['gateway/guards/commands/recognise.ts: recognise', 'gateway/guards/commands/words.ts: splitWords'],
      promise: 'is a file program word for word, or a command',
      samples: [
        'scp -r -p -t -- /srv/drives',
        "rsync --server -vlogDtpre.iLsfxCIvu --partial . '/srv/drives/'",
        "git-receive-pack '/srv/repo.git'",
        'LANG=C exec /usr/bin/scp -f a\\ b',
        "exec sh -c 'cd ; umask 077 ; mkdir -p .ssh && { cat >> .ssh/authorized_keys; }'",
      ].map((line) => Buffer.from(line)),
      judge: judgeCommand,
    },
    {
      name: 'archives',
      reads: ['gateway/airlock/archive-listing.ts: listArchive', 'gateway/airlock/content-type.ts: contentTypeOf'],
      promise: 'is listed within its bounds, or is none',
      samples: [archive, zip, Buffer.from('1f8b080000000000000303000000000000000000', 'hex')],
      judge: judgeArchive,
    },
    {
      name: 'telnet',
      reads: ['gateway/guards/telnet/guard.ts: TelnetGuard'],
      promise: 'is text and answers, the same however it was split, and no command of the target reaches the user',
      samples: [
        Buffer.from('fffd18fffb01fffa1801fff06c6f67696e3a20', 'hex'),
        Buffer.from('fffb03fffd1f0d0a50617373776f72643a20fff9', 'hex'),
        Buffer.from('1b5b324a0d006fffff0d0afff2', 'hex'),
      ],
      judge: judgeTelnet,
    },
    {
      name: 'scanner-version',
      reads: ['gateway/airlock/verdict.ts: parseVersion'],
      promise: 'is a short name, and a time or none',
      samples: [Buffer.from('ClamAV 1.4.6/27500/Sat Nov 21 09:00:00 2026'), Buffer.from('ClamAV 1.4.6')],
      judge: (bytes) => {
        const { engine, signaturesAt } = parseVersion(textOf(bytes))
        assert.ok(engine.length <= 80 && (signaturesAt === null || Number.isSafeInteger(signaturesAt)))
      },
    },
    {
      name: 'certificates',
      reads: [
        'gateway/identity/certificates/certificate.ts: parseCertificate',
        'gateway/identity/certificates/signature.ts: parsePublicKey',
      ],
      promise: 'is a certificate that only its own bytes make genuine, or is none',
      samples: [keys.certificate, keys.key],
      judge: (bytes) => {
        const read = parseCertificate(bytes)
        if (read.kind === 'ok' && !bytes.equals(keys.certificate)) assert.equal(isGenuine(read.certificate), false)
        parsePublicKey(bytes)
      },
    },
    {
      name: 'revoked-keys',
      reads: ['gateway/identity/certificates/revoked.ts: parseRevoked'],
      promise: 'is a list that can be asked, or is none',
      samples: keys.revoked,
      judge: (bytes) => {
        const read = parseRevoked(bytes)
        const parsed = parseCertificate(keys.certificate)
        if (read.kind !== 'ok' || parsed.kind !== 'ok') return
        assert.equal(typeof read.revoked.hasKey(keys.key), 'boolean')
        assert.equal(typeof read.revoked.hasCertificate(parsed.certificate), 'boolean')
      },
    },
    {
      name: 'proxy-headers',
      reads: ['gateway/brokers/ssh/proxy-header.ts: readProxyHeader'],
      promise: 'is a header, the beginning of one, or none, however it was split',
      samples: [
        proxy(0x11, Buffer.from('0a0000017f000001d43108ae', 'hex')),
        proxy(0x21, Buffer.from(`${'00'.repeat(10)}ffff0a000001${'00'.repeat(15)}01d43108ae`, 'hex')),
      ],
      judge: judgeProxy,
    },
    {
      name: 'user-names',
      reads: ['gateway/brokers/ssh/address.ts: parseAddressee'],
      promise: 'is a login and perhaps an asset, of bounded length',
      samples: ['vendor%ews-1', 'vendor', 'a%b%c', '%', 'VENDOR%EWS-1'].map((text) => Buffer.from(text)),
      judge: judgeUser,
    },
    {
      name: 'first-words',
      reads: ['gateway/brokers/ssh/first-words.ts: openFirstWords'],
      promise: 'is SSH or something else, the same however it was split',
      samples: ['SSH-2.0-OpenSSH_9.2\r\n', 'welcome\r\nSSH-1.99-old\n', 'HTTP/1.1 400 Bad\r\n', 'RFB 003.008\n'].map(
        (text) => Buffer.from(text),
      ),
      judge: judgeFirstWords,
    },
  ]
}
