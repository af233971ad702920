// Makes a new MANIFEST for a folder that was tampered with: what somebody could do who holds a signing key. With the
// trusted key, it takes the outer check away, so that tests see whether the inner ones hold by themselves.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { sha256Hex } from '../../recorder/digest.ts'
import { exportManifestText } from '../../recorder/export-manifest.ts'
import { type Signer, signNote } from '../../recorder/index.ts'
import { signerOf } from './sample-keys.ts'

/** Paths of all files of an export, MANIFEST included, ascending. */
export function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => relative(dir, join(item.parentPath, item.name)))
    .sort()
}

export function resign(dir: string, by: Signer = signerOf(1)): void {
  const paths = filesIn(dir).filter((path) => path !== 'MANIFEST')
  const files = paths.map((path) => ({ path, sha256: sha256Hex(readFileSync(join(dir, path))) }))
  const bytes = paths.reduce((sum, path) => sum + statSync(join(dir, path)).size, 0)
  writeFileSync(join(dir, 'MANIFEST'), signNote(exportManifestText({ origin: by.name, bytes, files }), [by]))
}
