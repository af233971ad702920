// The dial to a target, against servers that are not what they should be: whatever they are, no credential reaches them
// before they have shown the key that is pinned, the user reads a clear sentence, and the wait has an end.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

import ssh2, { type AuthContext, type Algorithms } from 'ssh2'
import { afterEach, describe, expect, it } from 'vitest'

import { generateOpensshKey } from '../../../../certs-dev/openssh-key.ts'
import type { TargetCredential, TargetFacts } from '../../../../gateway/brokers/broker.ts'
import { probeHostKey } from '../../../../gateway/brokers/ssh/probe.ts'
import { dialTarget, type Dialled } from '../../../../gateway/brokers/ssh/upstream.ts'
import { Secret } from '../../../../gateway/secret.ts'
import type { SshEndpoint } from '../../../../policy/index.ts'

const password = 'what-nobody-may-learn'
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const lineOf = (key: { readonly public: string }): string => key.public.split(' ').slice(0, 2).join(' ')

function listenWith(server: Server | ssh2.Server): Promise<number> {
  closing.push(() => void server.close())
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))
}

/** A server that says this and then does what it is told. */
function startOther(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
  })
  return listenWith(
    createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('data', () => undefined)
      serve(socket)
    }),
  )
}

/** An SSH server that notes what it is offered. */
async function startSsh(
  answer: (ctx: AuthContext) => void,
  algorithms: Algorithms = {},
): Promise<{ readonly port: number; readonly key: string; readonly methods: string[] }> {
  const key = generateOpensshKey('t')
  const methods: string[] = []
  const server = new ssh2.Server({ hostKeys: [key.private], algorithms }, (connection) => {
    closing.push(() => connection.end())
    connection.on('error', () => connection.end())
    connection.on('authentication', (ctx) => {
      methods.push(ctx.method === 'password' ? `password ${ctx.password}` : ctx.method)
      answer(ctx)
    })
  })
  return { port: await listenWith(server), key: lineOf(key), methods }
}

interface Heard {
  readonly dialled: Dialled
  readonly facts: readonly TargetFacts[]
  readonly strange: readonly string[]
  readonly asked: number
}

async function dial(
  port: number,
  hostKeys: readonly string[],
  more: {
    readonly endpoint?: Partial<SshEndpoint>
    readonly credential?: TargetCredential
    readonly readyMs?: number
  } = {},
): Promise<Heard> {
  const endpoint: SshEndpoint = {
    protocol: 'ssh',
    host: '127.0.0.1',
    port,
    hostKeys,
    account: 'service',
    credential: 'c',
    observe: [],
    ...more.endpoint,
  }
  const facts: TargetFacts[] = []
  const strange: string[] = []
  let asked = 0
  const dialled = await dialTarget(
    endpoint,
    {
      hostKeys,
      leg: () => undefined,
      strangeHostKey: (key) => strange.push(key),
      async negotiated(found) {
        facts.push(found)
      },
      async credential() {
        asked++
        return more.credential ?? { kind: 'password', password: new Secret(password) }
      },
      failed: () => undefined,
    },
    { readyTimeoutMs: more.readyMs ?? 20_000, keepaliveMs: 0 },
    new AbortController().signal,
  )
  if (dialled.kind === 'connected') closing.push(() => dialled.client.destroy())
  return { dialled, facts, strange, asked }
}

describe('a target that is no SSH server', () => {
  it.each([
    ['telnet', Buffer.from([0xff, 0xfb, 0x01]), 'it speaks telnet'],
    ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'it speaks HTTP'],
    ['SSH 1', Buffer.from('SSH-1.5-old\n'), 'it speaks another version of SSH than 2'],
    ['noise', Buffer.alloc(4_096, 0x41), null],
  ])('is named: %s', async (_what, words, text) => {
    const port = await startOther((socket) => (text === null ? socket.end(words) : socket.write(words)))
    const { dialled, asked } = await dial(port, [lineOf(generateOpensshKey('t'))])
    expect(asked).toBe(0)
    expect(dialled.kind === 'failed' && dialled.text).toContain(text ?? 'the target closed the connection before login')
  })

  it('may say as much as it likes: what is taken of it is bounded', async () => {
    let sent = 0
    const port = await startOther((socket) => {
      const line = Buffer.from(`${'welcome '.repeat(8)}\r\n`.repeat(500))
      const more = (): void => {
        while (!socket.destroyed && socket.writable) {
          sent += line.length
          if (!socket.write(line)) return void socket.once('drain', more)
        }
      }
      more()
    })
    const { dialled } = await dial(port, [lineOf(generateOpensshKey('t'))])
    expect(dialled).toMatchObject({ kind: 'failed', reason: 'target-protocol' })
    expect(dialled.kind === 'failed' && dialled.text).toContain('said more than 8192 bytes')
    // What the kernels of both ends hold may still be on its way.
    expect(sent).toBeLessThan(32 * 1024 * 1024)
  })

  it.each([
    ['says nothing at all', () => undefined],
    ['says one banner line after the other, slowly, for ever', (socket: Socket) => void socket.write('x\r\n')],
  ])('and %s is waited for no longer than is allowed', async (_what, serve) => {
    const port = await startOther(serve)
    const { dialled, asked } = await dial(port, [lineOf(generateOpensshKey('t'))], { readyMs: 200 })
    expect(dialled).toMatchObject({ kind: 'failed', reason: 'target-unreachable' })
    expect(dialled.kind === 'failed' && dialled.text).toMatch(/did not say within 0 s that it speaks SSH/)
    expect(asked).toBe(0)
  })
})

describe('a target that is a false one', () => {
  it('learns nothing: no method, no name, no password', async () => {
    const target = await startSsh((ctx) => ctx.accept())
    const { dialled, strange, asked, facts } = await dial(target.port, [lineOf(generateOpensshKey('t'))])
    expect(dialled).toMatchObject({ kind: 'failed', reason: 'host-key-mismatch' })
    expect(target.methods).toEqual([])
    expect(strange).toEqual([target.key])
    expect([asked, facts]).toEqual([0, []])
  })

  it('is not dialled where no key is known: an empty set is never any', async () => {
    let connections = 0
    const port = await startOther(() => void connections++)
    const { dialled, asked } = await dial(port, [])
    expect(dialled).toMatchObject({ kind: 'failed', reason: 'host-key-mismatch' })
    expect([connections, asked]).toEqual([0, 0])
  })

  it('is told apart from one that has only keys of another kind', async () => {
    const target = await startSsh((ctx) => ctx.accept())
    const rsa = 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQ=='
    const { dialled } = await dial(target.port, [rsa])
    expect(dialled).toMatchObject({ kind: 'failed', reason: 'host-key-mismatch' })
    expect(target.methods).toEqual([])
  })
})

describe('a target that is the right one', () => {
  it('is kept as evidence before the credential is asked for', async () => {
    const target = await startSsh((ctx) => (ctx.method === 'password' ? ctx.accept() : ctx.reject(['password'])))
    const { dialled, facts, asked } = await dial(target.port, [target.key])
    expect(dialled.kind).toBe('connected')
    expect(asked).toBe(1)
    expect(target.methods).toEqual(['none', `password ${password}`])
    expect(facts).toEqual([
      {
        software: expect.stringContaining('ssh2js'),
        hostKey: target.key,
        algorithms: expect.objectContaining({ kex: 'curve25519-sha256', hostKey: 'ssh-ed25519' }),
      },
    ])
  })

  it('gets the password by keyboard-interactive, to one question without echo, once', async () => {
    const answers: string[][] = []
    const target = await startSsh((ctx) => {
      if (ctx.method !== 'keyboard-interactive') return ctx.reject(['keyboard-interactive'])
      ctx.prompt([{ prompt: 'Password: ', echo: false }], 'login', (first) => {
        answers.push([...first])
        ctx.prompt([{ prompt: 'New password: ', echo: false }], 'login', (second) => {
          answers.push([...second])
          ctx.reject([])
        })
      })
    })
    const { dialled } = await dial(target.port, [target.key])
    expect(answers).toEqual([[password], []])
    expect(dialled).toMatchObject({ kind: 'failed', reason: 'target-refused-login' })
  })

  it.each([
    ['with an echo', [{ prompt: 'Say your password for all to see: ', echo: true }]],
    [
      'beside another question',
      [
        { prompt: 'Password: ', echo: false },
        { prompt: 'Token: ', echo: false },
      ],
    ],
  ])('gets no password where it asks %s', async (_what, prompts) => {
    const answers: string[] = []
    const target = await startSsh((ctx) => {
      if (ctx.method !== 'keyboard-interactive') return ctx.reject(['keyboard-interactive'])
      ctx.prompt(prompts, 'login', (given) => {
        answers.push(...given)
        ctx.reject([])
      })
    })
    await dial(target.port, [target.key])
    expect(answers).toEqual([])
  })

  it('gets no method it has not said it takes', async () => {
    const target = await startSsh((ctx) => ctx.reject(['publickey']))
    const { dialled } = await dial(target.port, [target.key])
    expect(target.methods).toEqual(['none'])
    expect(dialled).toMatchObject({ kind: 'failed', reason: 'target-refused-login' })
  })

  it('is refused where it offers nothing good enough, and reached where its own terms bear that', async () => {
    const old: Algorithms = { kex: ['diffie-hellman-group14-sha1'], cipher: ['aes128-cbc'], hmac: ['hmac-sha1'] }
    const target = await startSsh((ctx) => (ctx.method === 'password' ? ctx.accept() : ctx.reject(['password'])), old)
    const refused = await dial(target.port, [target.key])
    expect(refused.dialled).toMatchObject({ kind: 'failed', reason: 'target-protocol' })
    expect(refused.dialled.kind === 'failed' && refused.dialled.text).toMatch(/no key exchange algorithm that is good/)
    const legacy = {
      algorithms: ['diffie-hellman-group14-sha1', 'aes128-cbc', 'hmac-sha1'],
      exception: 'EX-1',
      reason: 'old',
    } as const
    const reached = await dial(target.port, [target.key], { endpoint: { legacy } })
    expect(reached.dialled.kind).toBe('connected')
    expect(reached.facts[0]?.algorithms).toMatchObject({
      kex: 'diffie-hellman-group14-sha1',
      toServer: { cipher: 'aes128-cbc', mac: 'hmac-sha1' },
      toClient: { cipher: 'aes128-cbc', mac: 'hmac-sha1' },
    })
  })

  it('shows what is good enough first, also where worse is borne', async () => {
    const target = await startSsh((ctx) => (ctx.method === 'password' ? ctx.accept() : ctx.reject(['password'])), {
      kex: ['curve25519-sha256', 'diffie-hellman-group14-sha1'],
    })
    const legacy = { algorithms: ['diffie-hellman-group14-sha1'], exception: 'EX-1', reason: 'old' } as const
    const { facts } = await dial(target.port, [target.key], { endpoint: { legacy } })
    expect(facts[0]?.algorithms.kex).toBe('curve25519-sha256')
  })
})

describe('looking at a target', () => {
  const endpointAt = (port: number): SshEndpoint => ({
    protocol: 'ssh',
    host: '127.0.0.1',
    port,
    hostKeys: 'enrol',
    account: 'service',
    credential: 'c',
    observe: [],
  })

  it('shows the key it has signed with, and begins no login', async () => {
    const target = await startSsh((ctx) => ctx.accept())
    const seen = await probeHostKey(endpointAt(target.port), 20_000)
    expect(seen).toMatchObject({ kind: 'seen', key: target.key })
    expect(target.methods).toEqual([])
  })

  it('says what is there instead, and waits no longer than is allowed', async () => {
    const web = await startOther((socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    expect(await probeHostKey(endpointAt(web), 20_000)).toMatchObject({ text: expect.stringContaining('speaks HTTP') })
    const silent = await startOther(() => undefined)
    expect(await probeHostKey(endpointAt(silent), 100)).toMatchObject({ kind: 'failed' })
  })
})
