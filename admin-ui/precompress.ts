// Puts a Brotli and a gzip form beside every text file of the build, so that the gateway sends them as they are and
// compresses nothing while it brokers sessions.

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const text = /\.(?:html|js|css|svg|json)$/
/** Below this the answer's head weighs more than what is saved. */
const leastBytes = 1024

export function precompress(): Plugin {
  return {
    name: 'sallyport-precompress',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !text.test(entry.name)) continue
        const path = join(entry.parentPath, entry.name)
        const bytes = await readFile(path)
        if (bytes.length < leastBytes) continue
        await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes))
        await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }))
      }
    },
  }
}
