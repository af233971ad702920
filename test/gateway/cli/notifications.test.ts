// Messages as an operator handles them: addresses of people, a test message, and the list of what went out.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { buildStage } from '../../../gateway/demo/stage.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore, type Store } from '../../../gateway/store/store.ts'
import { startReceiver, type HttpReceiver } from '../../support/http-receiver.ts'
import { startRelay, type MailRelay } from '../../support/mail-relay.ts'
import { sallyport, type Run } from './run-sallyport.ts'

let folder: string
let dataFolder: string
let relay: MailRelay
let receiver: HttpReceiver
const password = 'relay-password-of-the-test'

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-notify-'))
  mkdirSync(join(folder, 'gateway'))
  relay = await startRelay({ login: { user: 'gateway', password } })
  receiver = await startReceiver(() => ({ status: 204 }))
  const stage = await buildStage(join(folder, 'gateway'), {
    places: [],
    sshPort: 0,
    httpsPort: 0,
    vendorKeys: [],
    logLevel: 'error',
  })
  dataFolder = stage.config.dataFolder
  writeFileSync(join(folder, 'password'), `${password}\n`, { mode: 0o600 })
  writeFileSync(join(folder, 'secret'), `whsec_${Buffer.alloc(32, 3).toString('base64')}\n`, { mode: 0o600 })
  writeFileSync(join(folder, 'ca.pem'), relay.ca)
  const file = join(folder, 'gateway', 'sallyport.yaml')
  const plain = readFileSync(file, 'utf8')
  writeFileSync(join(folder, 'gateway', 'quiet.yaml'), plain)
  const smtp = {
    host: 'localhost',
    port: relay.port,
    user: 'gateway',
    passwordFile: join(folder, 'password'),
    from: 'sallyport@plant.example',
  }
  const webhook = { name: 'siem', url: `${receiver.url}/in`, secretFile: join(folder, 'secret'), events: [] }
  const notify = { smtp, webhooks: [webhook] }
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify({ ...(parse(plain) as object), outboundCa: join(folder, 'ca.pem'), notify }))
})
afterAll(async () => {
  await relay.stop()
  await receiver.stop()
  rmSync(folder, { recursive: true, force: true })
})

const local = (...args: string[]): Promise<Run> =>
  sallyport([...args, '--config', join(folder, 'gateway', 'sallyport.yaml')])

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(openSqlite(join(dataFolder, 'store.sqlite')))
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

describe('sallyport user', () => {
  it('takes a mail address with the person, and changes and removes it, as evidence without the address', async () => {
    const person = ['--name', 'Reader', '--role', 'approver', '--plant', 'north']
    const added = await local('user', 'add', 'reader', ...person, '--email', 'reader@plant.example')
    expect(added).toMatchObject({ status: 0, stderr: '' })
    expect((await local('user', 'list')).stdout).toMatch(/^reader .* reader@plant\.example +per_/m)
    expect((await local('user', 'email', 'reader', 'other@plant.example')).stdout).toBe(
      'Messages to reader go to other@plant.example\n',
    )
    expect((await local('user', 'email', 'reader', '--remove')).stdout).toBe('Messages go to reader no more\n')
    const events = await withStore(({ evidence }) =>
      evidence.list({ types: ['identity.contact_changed'], session: null }, { limit: 9, before: null }),
    )
    expect(events.map(({ data }) => typeof data['address'])).toEqual(['object', 'string', 'string'])
    expect(JSON.stringify(events)).not.toContain('@')
  })

  it.each([
    [['email', 'reader'], 'give an address or --remove'],
    [['email', 'reader', 'a@b', '--remove'], 'give an address or --remove'],
    [['email', 'reader', 'reader'], 'expected a form such as'],
  ])('refuses %j', async (args, problem) => {
    const run = await local('user', ...args)
    expect(run.status).toBe(2)
    expect(run.stderr).toContain(problem)
  })
})

describe('sallyport notify test', () => {
  it('sends a mail and a signed event, and says how each went', async () => {
    const run = await local('notify', 'test', '--to', 'reader@plant.example')
    expect(run).toEqual({ status: 0, stdout: 'mail: delivered\nwebhook:siem: delivered\n', stderr: '' })
    expect(relay.received.at(-1)).toMatchObject({ to: ['reader@plant.example'], secure: true })
    expect(JSON.parse(receiver.received.at(-1)?.body ?? '')).toMatchObject({ type: 'notify.test' })
  })

  it('says where to go when nothing is configured', async () => {
    const config = join(folder, 'gateway', 'quiet.yaml')
    const run = await sallyport(['notify', 'test', '--to', 'reader@plant.example', '--config', config])
    expect(run).toMatchObject({ status: 1, stdout: '' })
    expect(run.stderr).toContain('set notify.smtp.host')
  })
})

describe('sallyport outbox', () => {
  it('shows what was given up, and lets it wait again', async () => {
    const id = 'msg_00000000000000000000000001'
    await withStore(async (store) => {
      const row = { id, index: 0, type: 'request.submitted', destination: 'webhook:siem', person: null, link: null }
      await store.outbox.insert([{ ...row, createdAt: 1_000 }])
      await store.outbox.settle(id, 'failed', 2_000, 'status 500\u001b[31m')
    })
    const listed = await local('outbox', 'list', '--failed')
    expect(listed.stdout).toContain(
      `${id}  request.submitted  webhook:siem  failed  1      -     status 500\\u{1b}[31m`,
    )
    expect(listed.stdout).toContain('0 waiting, 0 delivered, 0 moot, 1 failed')
    expect((await local('outbox', 'retry', id)).stdout).toBe('One message waits again\n')
    const again = await local('outbox', 'retry', id)
    expect(again.status).toBe(1)
    expect(again.stderr).toContain('was not given up, or is not there')
    expect(JSON.parse((await local('outbox', 'list', '--json')).stdout)).toMatchObject({
      items: [{ id, state: 'waiting', attempts: 0 }],
      counts: { waiting: 1, failed: 0 },
    })
    expect((await local('outbox', 'retry')).status).toBe(2)
  })
})

describe('sallyport doctor', () => {
  it('looks whether the relay answers and takes the login, and warns where it does not', async () => {
    const checks = async (): Promise<
      readonly { readonly what: string; readonly state: string; readonly found: string }[]
    > => (JSON.parse((await local('doctor', '--json')).stdout) as { checks: [] }).checks
    const relayOf = async () => (await checks()).find(({ what }) => what === 'mail relay')
    expect(await relayOf()).toMatchObject({ state: 'ok', found: expect.stringContaining('takes the login') })
    expect((await checks()).find(({ what }) => what === 'relay password')).toMatchObject({ state: 'ok' })
    writeFileSync(join(folder, 'password'), 'wrong\n', { mode: 0o600 })
    const refused = await relayOf()
    writeFileSync(join(folder, 'password'), `${password}\n`, { mode: 0o600 })
    expect(refused?.state).toBe('warn')
    expect(JSON.stringify(refused)).not.toContain('wrong')
  })
})
