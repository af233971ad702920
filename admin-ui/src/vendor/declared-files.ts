// Files as a request declares them: name and SHA-256. A file is read here and goes nowhere.

import type { DeclaredFile } from './ask.ts'

/** The browser's digest takes a file whole into memory; above this a page would stall or fall over. */
const largest = 512 * 1024 * 1024

export interface Declared {
  readonly files: readonly DeclaredFile[]
  /** What could not be read and what to do instead; null when all could. */
  readonly problem: string | null
}

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')

export async function declareFiles(chosen: readonly File[]): Promise<Declared> {
  const files: DeclaredFile[] = []
  const left: string[] = []
  for (const file of chosen) {
    if (file.size > largest)
      left.push(`${file.name} is larger than 512 MiB: compute its SHA-256 with a tool and use the command line.`)
    else {
      try {
        files.push({ name: file.name, sha256: hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer())) })
      } catch (error) {
        // Gone or locked between being chosen and being read.
        if (!(error instanceof DOMException)) throw error
        left.push(`${file.name} could not be read. Choose it again.`)
      }
    }
  }
  return { files, problem: left.length === 0 ? null : left.join(' ') }
}
