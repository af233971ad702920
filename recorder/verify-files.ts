// The files of an export (FORMAT.md section 5.4, points 1 and 2): MANIFEST and its signature, none missing, none extra,
// nothing but regular files, every digest.

import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, quote, RecorderError } from './errors.ts'
import {
  type ExportManifest,
  exportManifestFile,
  isExportPath,
  maxExportManifestBytes,
  parseExportManifest,
} from './export-manifest.ts'
import { verifyNote } from './note.ts'
import { readChunks, readSmall } from './regular-file.ts'
import type { Findings } from './report.ts'
import type { Trust } from './trust.ts'

/** A small file of the export; null, and said, where it cannot be read or is longer than `limit` bytes. */
export async function readOr(dir: string, path: string, limit: number, findings: Findings): Promise<Buffer | null> {
  try {
    return await readSmall(join(dir, path), limit)
  } catch (cause) {
    if (!(cause instanceof RecorderError)) throw cause
    findings.bad(path, cause.message)
    return null
  }
}

/** Checks the files, and gives the digests of those that stand there, by path. */
export async function inspectFiles(
  dir: string,
  trust: Trust,
  findings: Findings,
): Promise<ReadonlyMap<string, string>> {
  const manifest = await inspectExportManifest(dir, trust, findings)
  const walk = new Walk()
  await walk.visit(dir, '', findings)
  walk.files.delete(exportManifestFile)
  const listed = new Map(manifest?.files.map(({ path, sha256 }) => [path, sha256]))
  const digests = new Map<string, string>()
  let bytes = 0
  let faults = 0
  const fault = (path: string, what: string): void => {
    faults++
    findings.bad(isExportPath(path) ? path : quote(path), what)
  }
  for (const path of [...walk.files].sort()) {
    try {
      const { sha256, size } = await digestOf(join(dir, path))
      digests.set(path, sha256)
      bytes += size
      const expected = listed.get(path)
      if (manifest === null) continue
      if (expected === undefined) fault(path, 'is not listed in MANIFEST')
      else if (expected !== sha256) fault(path, `SHA-256: expected \`${expected}\`, got \`${sha256}\``)
    } catch (cause) {
      if (!(cause instanceof RecorderError)) throw cause
      fault(path, cause.message)
    }
  }
  for (const path of listed.keys()) if (!walk.files.has(path)) fault(path, 'is missing')
  // A folder that holds nothing was put there by nobody who wrote this export.
  for (const folder of walk.folders) if (!walk.foldersWithFiles.has(folder)) fault(folder, 'is a folder without files')
  if (manifest === null) return digests
  if (manifest.bytes !== bytes)
    findings.bad(exportManifestFile, `sizes: expected ${manifest.bytes} bytes, got ${bytes}`)
  if (faults === 0) findings.good('files', `${listed.size} files, ${bytes} bytes, each as listed in MANIFEST`)
  return digests
}

async function inspectExportManifest(dir: string, trust: Trust, findings: Findings): Promise<ExportManifest | null> {
  const where = exportManifestFile
  try {
    const bytes = await readSmall(join(dir, where), maxExportManifestBytes)
    // Nothing lists MANIFEST itself: each of its bytes must be under a signature or be one, hence every line.
    const verdict = verifyNote(bytes, trust.verifiers, { everyLine: true })
    if (verdict.kind === 'malformed') {
      findings.bad(where, verdict.reason)
      return null
    }
    if (verdict.kind === 'trusted') findings.good(where, `signed by ${verdict.by.map(quote).join(', ')}`)
    else findings.bad(where, verdict.reason)
    const parsed = parseExportManifest(verdict.text)
    if (parsed.kind === 'malformed') {
      findings.bad(where, parsed.reason)
      return null
    }
    const { origin } = parsed.value
    if (origin !== trust.origin) findings.bad(where, `origin: expected ${quote(trust.origin)}, got ${quote(origin)}`)
    return parsed.value
  } catch (cause) {
    if (!(cause instanceof RecorderError)) throw cause
    findings.bad(where, cause.message)
    return null
  }
}

/** What stands in a folder, by path with `/`. Links are not followed. */
class Walk {
  readonly files = new Set<string>()
  readonly folders: string[] = []
  /** Folders with a file in them or below. */
  readonly foldersWithFiles = new Set<string>()

  async visit(dir: string, prefix: string, findings: Findings): Promise<void> {
    let items
    try {
      items = await readdir(dir, { withFileTypes: true })
    } catch (cause) {
      return findings.bad(prefix === '' ? 'export' : quote(prefix), messageOf(cause))
    }
    for (const item of items) {
      const path = prefix + item.name
      if (item.isFile()) {
        this.files.add(path)
        for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
          this.foldersWithFiles.add(path.slice(0, at))
      } else if (item.isDirectory()) {
        this.folders.push(path)
        await this.visit(join(dir, item.name), `${path}/`, findings)
      } else {
        findings.bad(quote(path), 'is neither a regular file nor a folder')
      }
    }
  }
}

async function digestOf(path: string): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of readChunks(path)) {
    hash.update(chunk)
    size += chunk.length
  }
  return { sha256: hash.digest('hex'), size }
}
