// A program for crash.test.ts: records as fast as it can until it is killed, and says on its standard output after each
// frame, once the recorder has returned, how many frames of each channel it was told are recorded.

import { writeSync } from 'node:fs'

import { createRecording } from '../../recorder/index.ts'
import { sessionA, signerOf } from './sample-keys.ts'

const [root = '', recipient = ''] = process.argv.slice(2)
const recording = await createRecording({
  root,
  sessionId: sessionA,
  meta: {},
  recipients: [recipient],
  now: () => Date.now(),
  monotonic: () => process.hrtime.bigint(),
  signer: signerOf(1),
})
const writers = [recording.openChannel({ kind: 'pty' }), recording.openChannel({ kind: 'exec' })]
const payload = Buffer.alloc(3000, 'x')
for (let count = 1; ; count++) {
  for (const [channel, writer] of writers.entries()) {
    payload.writeUInt32BE(count)
    writer.data(count % 2 === 0 ? 'out' : 'in', payload.subarray(0, 4 + ((count * 37) % 2996)))
    const line = Buffer.alloc(8)
    line.writeUInt32BE(channel)
    line.writeUInt32BE(count, 4)
    writeSync(1, line)
  }
  // Now and then the event loop turns and a sync runs, as in the gateway.
  if (count % 50 === 0) await recording.sync()
}
