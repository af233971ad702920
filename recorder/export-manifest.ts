// MANIFEST of an export (FORMAT.md section 5.2): the digest of every other file, signed. `sha256sum -c` reads it too.

import { type Parsed } from './canonical.ts'
import { isOrigin } from './checkpoint.ts'
import { hexDigest, parseDecimal } from './digest.ts'
import { quote } from './errors.ts'

export interface ListedFile {
  readonly path: string
  /** Hex. */
  readonly sha256: string
}

export interface ExportManifest {
  readonly origin: string
  /** Sum of the sizes of all files. */
  readonly bytes: number
  /** Ascending by path. */
  readonly files: readonly ListedFile[]
}

export const exportManifestFile = 'MANIFEST'
export const maxExportManifestBytes = 64 << 20
const firstLine = 'sallyport-export-manifest/v1'
const pathPart = /^[A-Za-z0-9._-]+$/

export function exportManifestText(manifest: ExportManifest): string {
  const lines = [
    firstLine,
    `origin ${manifest.origin}`,
    `files ${manifest.files.length}`,
    `bytes ${manifest.bytes}`,
    ...manifest.files.map(({ path, sha256 }) => `${sha256}  ${path}`),
  ]
  return `${lines.join('\n')}\n`
}

export function parseExportManifest(text: string): Parsed<ExportManifest> {
  const malformed = (what: string): Parsed<ExportManifest> => ({ kind: 'malformed', reason: what })
  const [first, originLine, filesLine, bytesLine, ...rest] = text.split('\n')
  if (first !== firstLine) return malformed(`expected \`${firstLine}\``)
  const origin = originLine?.replace(/^origin /, '') ?? ''
  const count = parseDecimal(filesLine?.replace(/^files /, '') ?? '')
  const bytes = parseDecimal(bytesLine?.replace(/^bytes /, '') ?? '')
  if (!isOrigin(origin) || count === null || bytes === null) return malformed('expected origin, files and bytes')
  if (rest.pop() !== '' || rest.length !== count) return malformed(`expected ${count} files, got ${rest.length}`)
  const files: ListedFile[] = []
  for (const line of rest) {
    const sha256 = line.slice(0, 64)
    const path = line.slice(66)
    if (!hexDigest.test(sha256) || !isExportPath(path))
      return malformed(`line ${quote(line)}: expected digest and path`)
    if (path <= (files.at(-1)?.path ?? ''))
      return malformed(`path ${quote(path)}: expected ascending paths, none twice`)
    files.push({ path, sha256 })
  }
  const manifest = { origin, bytes, files }
  return exportManifestText(manifest) === text
    ? { kind: 'ok', value: manifest }
    : malformed('expected its lines as specified')
}

/** Whether a path is one that an export may have: plain names, none of them `.` or `..`. */
export function isExportPath(path: string): boolean {
  return path.split('/').every((part) => pathPart.test(part) && part !== '.' && part !== '..')
}
