// A bundle's folder, chosen in the browser, as the files a proposal carries: paths relative to the folder.

export type ReadFolder =
  | { readonly kind: 'ok'; readonly files: Readonly<Record<string, string>> }
  | { readonly kind: 'problem'; readonly text: string }

/** What the gateway would refuse anyway; reading it first would only freeze the page. */
const largest = 32 * 1024 * 1024

/** Editors and file systems leave these behind; they are no part of a bundle. */
const isStray = (path: string): boolean => path.split('/').some((part) => part.startsWith('.') || part.endsWith('~'))

/** The path inside the chosen folder: the folder's own name is not part of the bundle. */
export const pathInside = (chosen: string): string => chosen.split('/').slice(1).join('/') || chosen

export async function readFolder(chosen: readonly File[]): Promise<ReadFolder> {
  const files: Record<string, string> = {}
  const total = chosen.reduce((sum, { size }) => sum + size, 0)
  if (total > largest)
    return { kind: 'problem', text: 'This folder is larger than 32 MiB. Choose the bundle’s own folder.' }
  for (const file of chosen) {
    const path = pathInside(file.webkitRelativePath || file.name)
    if (isStray(path)) continue
    try {
      files[path] = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
    } catch (error) {
      if (error instanceof TypeError) return { kind: 'problem', text: `${path} is no UTF-8 text.` }
      if (error instanceof DOMException) return { kind: 'problem', text: `${path} could not be read. Choose it again.` }
      throw error
    }
  }
  if (Object.keys(files).length === 0) return { kind: 'problem', text: 'This folder holds no files.' }
  return { kind: 'ok', files }
}
