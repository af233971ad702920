// A worker in the test's own process: the desk of the core on one end, and on the other the worker's recordings and
// whatever the test says in its place.

import { EventEmitter } from 'node:events'
import type { ChildProcess } from 'node:child_process'
import { Duplex } from 'node:stream'

import type { Disk } from '../../recorder/index.ts'
import { makeLiveFolder } from '../../gateway/evidence/live-folders.ts'
import { RecordingPlaces } from '../../gateway/evidence/recording-places.ts'
import { openDesk, type Desk, type DeskDeps } from '../../gateway/workers/desk.ts'
import { openLink, takenAsIs, type Answering, type Link } from '../../gateway/workers/link.ts'
import { openRecordings, type OwnRecordings } from '../../gateway/workers/recordings.ts'
import { keyPipeFd, type CoreSide, type WorkerSide } from '../../gateway/workers/wire.ts'
import { realDisk } from '../../recorder/index.ts'
import { openAuthenticator } from '../../gateway/identity/authenticate.ts'
import { openAdmission } from '../../gateway/sessions/admission.ts'
import { joinChannels } from './joined-channels.ts'
import type { SessionScene } from './session-scene.ts'

export interface WorkerHere {
  readonly desk: Desk
  /** All that it may write. */
  readonly folder: string
  readonly places: RecordingPlaces
  readonly faults: readonly string[]
  /** What the worker asks of the core, and says to it. */
  readonly core: Link<CoreSide>
  readonly recordings: OwnRecordings
  /** Sends an ask for a signature, or anything else, on the pipe of the keys; gives what was answered to it. */
  askKeys(bytes: Uint8Array): Promise<Buffer>
  /** The process is gone: nothing it says arrives any more. */
  die(): { readonly sessions: number; readonly connections: number }
}

type Wish = Partial<Pick<DeskDeps, 'hostKeys'>> & {
  readonly disk?: Disk
  /** In place of what the worker does. */
  readonly answering?: Partial<Answering<WorkerSide>>
}

/** What the desk uses of a child: its channel, whose handle it guards, and a pipe for keys. */
function childOver(send: (message: unknown) => void, pipe: Duplex): ChildProcess {
  const child = new EventEmitter()
  const native = { onread: () => undefined, pendingHandle: null }
  Object.defineProperty(child, Symbol('kChannelHandle'), { value: native })
  const stdio = Array.from({ length: keyPipeFd + 1 }, (_, fd) => (fd === keyPipeFd ? pipe : null))
  return Object.assign(child, { pid: process.pid, connected: true, send, stdio }) as unknown as ChildProcess
}

export async function openWorkerHere(scene: SessionScene, wish: Wish = {}): Promise<WorkerHere> {
  const folder = await makeLiveFolder(scene.recordings)
  const places = new RecordingPlaces(scene.recordings)
  const [near, far] = joinChannels()
  const faults: string[] = []
  const answers: Buffer[] = []
  const pipe = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      answers.push(chunk)
      done()
    },
  })
  let isAlive = true
  const child = childOver((message) => near.send(message), pipe)
  near.onMessage((message) => void (isAlive && child.emit('message', message)))
  const desk = openDesk({
    child,
    contextFor: (recorder) => openAdmission(scene.admissionDeps)(recorder),
    authenticator: openAuthenticator({ ...scene, lockout: { threshold: 3, minutes: 5 } }),
    registry: scene.registry,
    hostKeys: wish.hostKeys ?? { sign: (_key, data) => Buffer.concat([Buffer.from('signed '), data]) },
    signer: scene.signer,
    log: scene.log,
    onFault: (why) => faults.push(why),
    onPong: () => undefined,
    onPace: () => undefined,
    recordings: scene.recordings,
    folder,
    places,
    clock: scene.clock,
    identities: scene.identities,
  })

  const { link: core, serve } = openLink<WorkerSide, CoreSide>(far)
  const recordings = openRecordings({
    core,
    clock: scene.clock,
    root: folder,
    recipients: scene.recipients,
    signer: { name: scene.signer.name, vkey: scene.signer.vkey },
    disk: wish.disk ?? realDisk,
  })
  const unheard = (): void => undefined
  serve({
    calls: { setup: () => null, ...recordings.answering, ...wish.answering },
    words: {
      connection: unheard,
      drop: unheard,
      ping: unheard,
      stop: unheard,
      'session.warn': unheard,
      'session.look': unheard,
      'session.flow': unheard,
      'session.tunnels': unheard,
      'session.end': unheard,
      'file.told': unheard,
    },
    parse: takenAsIs,
    mostCalls: Number.MAX_SAFE_INTEGER,
    onFault: (why) => faults.push(`the core's: ${why}`),
  })

  return {
    desk,
    folder,
    places,
    faults,
    core,
    recordings,
    async askKeys(bytes) {
      answers.length = 0
      pipe.push(Buffer.from(bytes))
      await new Promise((resolve) => setImmediate(resolve))
      return Buffer.concat(answers)
    },
    die() {
      isAlive = false
      recordings.close()
      core.close('the worker is gone')
      return desk.end('worker 1 is gone')
    },
  }
}
