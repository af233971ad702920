// A program for group-commit.test.ts: many writers change the store as fast as they can until they are killed. Each change
// writes an entry and a row that must agree; a line on standard output says which one was acknowledged.

import { writeSync } from 'node:fs'

import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore } from '../../../gateway/store/store.ts'

const [file = '', writers = '1'] = process.argv.slice(2)
const store = await openStore(openSqlite(file))

async function write(writer: number): Promise<void> {
  for (let count = 1; ; count++) {
    await store.change(async (tx) => {
      await tx.ledger.append('gateway.stopped', count, { reason: `${writer} ${count}` })
      await tx.credentials.put(
        { name: `writer-${writer}`, kind: 'password', sealed: Buffer.from(String(count)) },
        count,
      )
    })
    writeSync(1, `${writer} ${count}\n`)
  }
}

await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)))
