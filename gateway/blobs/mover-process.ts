// The process that mover.ts starts: it reads, hashes and sends, so that the gateway's thread stays free for its sessions.
// The settings come first, then one message a call, several at a time. Ends when the gateway does.

import { openS3 } from './s3.ts'
import type { Blobs } from './blobs.ts'
import { Secret } from '../secret.ts'
import type { MoverAnswer, MoverCall, MoverSettings } from './mover.ts'

let blobs: Blobs | null = null

function begin({ accessKey, secretKey, ...plain }: MoverSettings): void {
  blobs = openS3({ ...plain, accessKey: new Secret(accessKey), secretKey: new Secret(secretKey) })
}

async function carryOut(store: Blobs, { call }: MoverCall): Promise<MoverAnswer['outcome']> {
  switch (call.kind) {
    case 'put':
      return store.put(call.file, call.lock)
    case 'fetch':
      return store.fetch(call.object, call.path)
    case 'present':
      return store.present(call.object)
    case 'remove':
      return store.remove(call.under)
    case 'check':
      return store.check()
  }
}

process.on('message', (message: MoverSettings | MoverCall) => {
  if (!('id' in message)) {
    begin(message)
    return
  }
  if (blobs === null) throw new Error('a call came before the settings')
  // A fault of ours ends the process: the gateway says so to who asked.
  void carryOut(blobs, message).then((outcome) => process.send?.({ id: message.id, outcome } satisfies MoverAnswer))
})
process.on('disconnect', () => process.exit(0))
// Ctrl-C in a terminal reaches the whole group; the gateway decides when this ends.
process.on('SIGINT', () => undefined)
