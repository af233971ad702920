// Contents that the airlock keeps, in a backup: age files under the digest of what is in them, as they are on the gateway.
// A content never changes, so each is copied once.

import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../start-problem.ts'
import { filesFolder, readFileList, type Contents, type ListedFile } from './contents.ts'
import { copyDurably, digestFile, syncFolder } from './durable-copy.ts'
import { lookUpIn } from './earlier-list.ts'

const fileName = /^([0-9a-f]{64})\.age$/

export const contentFile = (sha256: string): string => `${sha256}.age`

export interface CopiedContents {
  /** Undefined where the gateway keeps none. */
  readonly list: Contents['files']
  /** Contents copied by this run; the others were there. */
  readonly copied: number
}

/** Digests of the contents in a folder, in their order. */
async function contentsIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).flatMap((name) => fileName.exec(name)?.[1] ?? []).toSorted()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

/**
 * Copies what is new and writes the list, which stands only where something is kept.
 * @param before what the last backup into this folder says of contents.
 */
export async function copyContents(
  { dataFolder, target, now }: { readonly dataFolder: string; readonly target: string; readonly now: number },
  before: Contents['files'],
): Promise<CopiedContents> {
  const [source, folder] = [join(dataFolder, filesFolder), join(target, filesFolder)]
  const here = await contentsIn(source)
  if (here.length === 0) return { list: undefined, copied: 0 }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const known =
    before === undefined ? null : lookUpIn(readFileList(join(target, before.file)), ({ content }) => content)
  const file = `files-${now}.jsonl`
  const draft = join(target, `${file}.part`)
  const list = await open(draft, 'w', 0o600)
  const hash = createHash('sha256')
  let [copied, count, bytes] = [0, 0, 0]
  try {
    for (const content of here) {
      const earlier = (await known?.(content)) ?? null
      const isThere = earlier !== null && (await sizeOf(join(folder, contentFile(content)))) === earlier.bytes
      const listed = isThere ? earlier : await copyContent(content, source, folder)
      if (listed === null) continue
      if (!isThere) copied++
      const line = `${JSON.stringify(listed)}\n`
      hash.update(line)
      await list.writeFile(line)
      count++
      bytes += listed.bytes
    }
    await list.sync()
  } finally {
    await list.close()
  }
  await rename(draft, join(target, file))
  await syncFolder(folder)
  await syncFolder(target)
  return { list: { file, sha256: hash.digest('hex'), count, bytes }, copied }
}

/** Null where it was deleted since the folder was listed. */
async function copyContent(content: string, source: string, folder: string): Promise<ListedFile | null> {
  const target = join(folder, contentFile(content))
  try {
    const read = await copyDurably(join(source, contentFile(content)), target)
    if ((await digestFile(target)).sha256 !== read.sha256)
      throw new Error(`kept file \`${content}\`: the copy reads otherwise`)
    return { content, ...read }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

/** Removes from the backup what the store says is not kept any more; names what is gone without that. */
export async function letContentsGo(
  { dataFolder, target }: { readonly dataFolder: string; readonly target: string },
  isKept: (sha256: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const folder = join(target, filesFolder)
  const here = new Set(await contentsIn(join(dataFolder, filesFolder)))
  const vanished: string[] = []
  const gone = (await contentsIn(folder)).filter((content) => !here.has(content))
  for (const content of gone)
    if (await isKept(content)) vanished.push(content)
    else await rm(join(folder, contentFile(content)))
  if (gone.length > 0) await syncFolder(folder)
  return vanished
}
