// A whole gateway for a test, in a temporary folder of its own: real listeners, the demo bundle pointed at real sshd
// targets, people with authenticators, and a clock the test can move. One stage serves one test file.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { EvidenceView, GrantView, RequestView } from '../../gateway/contract/views.ts'
import { askFor } from '../../gateway/demo/asking.ts'
import { attestCast } from '../../gateway/demo/attested.ts'
import { openVisitor, type ApiVisitor } from '../../gateway/demo/api-visitor.ts'
import type { SshLogin } from '../../gateway/demo/ssh-client.ts'
import { buildStage, type DemoPerson, type Place, type Stage, type StageOptions } from '../../gateway/demo/stage.ts'
import { enrol, type Enrolment } from '../../gateway/identity/enrol.ts'
import { openPasswords } from '../../gateway/identity/passwords.ts'
import { openVault } from '../../gateway/identity/vault.ts'
import { readVaultKey, storeFile } from '../../gateway/keys.ts'
import { Secret } from '../../gateway/secret.ts'
import type { FileTerms } from '../../policy/index.ts'
import { openSqlite } from '../../gateway/store/sqlite.ts'
import { openStore, type Store } from '../../gateway/store/store.ts'
import { openAuthenticators } from './authenticator.ts'
import { eventually } from './eventually.ts'
import { movableClock, type MovableClock } from './movable-clock.ts'
import { isSomebodys } from './own-events.ts'
import { runApart, runHere, type RunningGateway } from './running-gateway.ts'
import { makeKey, startSshd, type Sshd } from './sshd.ts'

export interface StageWish {
  /** Assets that get a working sshd of their own; `ews-1` when nothing is said. */
  readonly targets?: readonly string[]
  /** Where an asset is said to be, when that is to differ from where its sshd is. */
  readonly spoil?: (place: Place, folder: string) => Promise<Place>
  /** Files of the bundle in place of the demo's own, by path. */
  readonly files?: Readonly<Record<string, string>>
  /** Laid over the configuration, as `section.field`. */
  readonly overrides?: Readonly<Record<string, unknown>>
  readonly logLevel?: string
  /** Assets whose ports are reached through tunnels. */
  readonly tunnels?: StageOptions['tunnels']
  /** The gateway gets a process of its own, which can be killed. */
  readonly apart?: true
}

export interface GatewayStage {
  readonly folder: string
  readonly stage: Stage
  /** The gateway that runs now: another one after `restart`. */
  readonly gateway: RunningGateway
  readonly clock: MovableClock
  readonly targets: Readonly<Record<string, Sshd>>
  /** Private key file of the vendor. */
  readonly vendorKey: string
  /** One more person, put in by another hand on the same store, as the command line does. */
  enrol(given: Omit<Enrolment, 'password' | 'keys'> & { keys?: readonly string[] }): Promise<DemoPerson>
  person(login: string): DemoPerson
  /** A code of this person's authenticator that is good now and was not used. May move the clock on. */
  code(login: string): string
  /** The person logged in at the API; the login is made once. */
  api(login: string): Promise<ApiVisitor>
  /** Submits and has approved: a grant for the vendor unless another is named. */
  grant(asset: string, wish?: GrantWish): Promise<GrantView>
  /** How the ordinary client logs in, with a code of its own. For `vendor%ews-1` it says `vendor+ews-1`, as any version may. */
  sshLogin(user: string, by?: 'key' | 'password'): Promise<SshLogin>
  /** The ledger as the auditor reads it, oldest first. */
  evidence(filter?: { types?: readonly string[]; session?: string }): Promise<readonly EvidenceView[]>
  /** The same without what the gateway writes of itself as time passes, which may come in the middle of any test. */
  doings(): Promise<readonly EvidenceView[]>
  /** Works on the store from a second connection, as another process does. */
  withStore<T>(work: (store: Store) => Promise<T>): Promise<T>
  /** Resolves when no session is alive and all are sealed. */
  quiet(): Promise<void>
  /** What the gateway has logged, one object a line. */
  log(): Promise<string>
  /** Starts a gateway on the same folder, after the one before has ended. Everybody has to log in again. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface GrantWish {
  readonly by?: string
  readonly window?: { readonly from: number; readonly until: number }
  readonly operationClass?: 'observe' | 'operate' | 'engineer'
  /** Files it is to give. */
  readonly transfer?: FileTerms
  readonly protocol?: 'ssh' | 'tcp' | 'telnet'
}

const hour = 3_600_000

/** In this process unless a file asks for workers: what differs has tests of its own. `SALLYPORT_TEST_WORKERS=2` runs whole files the other way. */
const workers = Number(process.env['SALLYPORT_TEST_WORKERS'] ?? 0)
const carriedBy = { 'ssh.workers': workers }
/** Do whole files run the other way? What takes a minute and is about the same code does not run twice. */
export const isOtherWay = workers > 0

const sound = (place: Place): Promise<Place> => Promise.resolve(place)

/** Starts everything; when it resolves both listeners are open. */
export async function stageGateway(wish: StageWish = {}): Promise<GatewayStage> {
  const folder = await mkdtemp(join(tmpdir(), 'sp-'))
  const own = movableClock()
  const clock: MovableClock = {
    ...own,
    advance(ms) {
      own.advance(ms)
      gateway?.advanced(ms)
    },
  }
  let gateway: RunningGateway | null = null
  const authenticators = openAuthenticators(clock)
  const targets: Record<string, Sshd> = {}
  for (const asset of wish.targets ?? ['ews-1']) targets[asset] = await startSshd(join(folder, `sshd-${asset}`))
  const vendorKey = await makeKey(join(folder, 'vendor_key'))
  const stage = await buildStage(folder, {
    places: await Promise.all(
      Object.entries(targets).map(([asset, sshd]) => (wish.spoil ?? sound)(placeOf(asset, sshd), folder)),
    ),
    sshPort: 0,
    httpsPort: 0,
    vendorKeys: [await readFile(`${vendorKey}.pub`, 'utf8')],
    files: wish.files ?? {},
    ...(wish.tunnels && { tunnels: wish.tunnels }),
    logLevel: wish.logLevel ?? 'info',
    // A test asks more often than a person: the limit has tests of its own.
    overrides: { 'https.requestsPerMinute': 100_000, ...carriedBy, ...wish.overrides },
  })
  const logFile = join(folder, 'gateway.log')
  const start = (): Promise<RunningGateway> => (wish.apart ? runApart : runHere)(stage, logFile, clock)
  let running = (gateway = await start())
  const people = new Map<string, DemoPerson>(Object.entries(stage.people))
  const visitors = new Map<string, Promise<ApiVisitor>>()

  async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const store = await openStore(openSqlite(storeFile(stage.config.dataFolder)))
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }

  const self: GatewayStage = {
    folder,
    stage,
    get gateway() {
      return running
    },
    clock,
    targets,
    vendorKey,
    withStore,
    async enrol(given) {
      const vault = openVault(await readVaultKey(stage.config.dataFolder))
      const passwords = await openPasswords({ cost: 'light', parallel: 1, queue: 1 })
      // Who looks over some plants only is a theme of its own.
      const wanted: Enrolment = { keys: [], oversight: 'all', ...given, password: null }
      const enrolled = await withStore(async (store) => {
        const made = await enrol({ store, passwords, vault, clock }, wanted)
        const { bundle } = stage
        const manager = stage.people.manager.person
        if (made.kind === 'ok') await attestCast({ store, clock, bundle, manager, people: [made.person] })
        return made
      })
      if (enrolled.kind === 'invalid') throw new Error(enrolled.problems.join('; '))
      const { person, password, totpSecret } = enrolled
      const made = { person, password: password ?? new Secret(''), totpSecret }
      people.set(given.login, made)
      return made
    },
    person(login) {
      const found = people.get(login)
      if (!found) throw new Error(`the stage has no person \`${login}\``)
      return found
    },
    code: (login) => authenticators.next(self.person(login).totpSecret),
    api(login) {
      const known = visitors.get(login) ?? enter(login)
      visitors.set(login, known)
      return known
    },
    async grant(asset, { by = 'vendor', window, operationClass = 'operate', protocol = 'ssh', transfer } = {}) {
      const [asker, approver] = [await self.api(by), await self.api('approver')]
      const now = clock.now()
      const asked = await askFor(asker, {
        assets: [asset],
        protocol,
        operationClass,
        when: { kind: 'window', ...(window ?? { from: now, until: now + hour }) },
        purpose: 'replace the drive parameter set',
        ticket: 'CHG-1',
        ...(transfer && { transfer: { allow: [...transfer.allow], paths: [...transfer.paths] } }),
      })
      const answer = { digest: asked.digest, comment: 'agreed by telephone' }
      const approved = await approver.ok<RequestView>('POST', `/requests/${asked.id}/approve`, answer)
      if (!approved.grant) throw new Error('the approval made no grant')
      return approved.grant
    },
    async sshLogin(user, by = 'key') {
      const [login = ''] = user.split('%')
      const apart = await mkdtemp(join(folder, 'ssh-'))
      return {
        user: user.replace('%', '+'),
        port: running.ssh.port,
        folder: apart,
        hostKey: stage.pki.contents['ssh_host_ed25519_key.pub'],
        identity: by === 'key' ? vendorKey : null,
        password: self.person(login).password.expose(),
        code: self.code(login),
      }
    },
    async evidence({ types, session } = {}) {
      const auditor = await self.api('auditor')
      const found: EvidenceView[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const query = new URLSearchParams({ limit: '200' })
        if (types) query.set('types', types.join(','))
        if (session !== undefined) query.set('session', session)
        if (cursor !== '') query.set('cursor', cursor)
        const page: { items: EvidenceView[]; next: string | null } = await auditor.ok(
          'GET',
          `/evidence?${query.toString()}`,
        )
        found.push(...page.items)
        cursor = page.next
      }
      return found.toReversed()
    },
    async doings() {
      return (await self.evidence()).filter(isSomebodys)
    },
    async quiet() {
      await withStore((store) =>
        eventually('every session is sealed', async () => (await store.sessions.unsealed()).length === 0),
      )
    },
    log: () => readFile(logFile, 'utf8'),
    async restart() {
      running = gateway = await start()
      visitors.clear()
    },
    async stop() {
      await running.stop()
      await Promise.all(Object.values(targets).map((sshd) => sshd.stop()))
      await rm(folder, { recursive: true, force: true })
    },
  }
  return self

  async function enter(login: string): Promise<ApiVisitor> {
    const visitor = openVisitor({ port: running.https.port, ca: stage.pki.contents['ca.pem'] })
    const answer = await visitor.login(login, self.person(login).password.expose(), self.code(login))
    if (answer.status !== 200) throw new Error(`login of \`${login}\`: ${answer.bytes.toString('utf8')}`)
    return visitor
  }
}

function placeOf(asset: string, { port, hostKey, account, credential }: Sshd): Place {
  return {
    asset,
    host: '127.0.0.1',
    port,
    hostKeys: [hostKey],
    account,
    credential: { kind: 'private-key', secret: credential },
  }
}
