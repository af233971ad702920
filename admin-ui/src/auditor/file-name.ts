// The name under which an answer asks to be kept (RFC 6266, 4.3). Pure.

/** The file name of a `content-disposition` header, or null where there is none that is safe to keep a file under. */
export function fileNameOf(header: string | null): string | null {
  const name = /(?:^|;)\s*filename="([^"]*)"/i.exec(header ?? '')?.[1]
  return name !== undefined && /^[\w-][\w.-]{0,120}$/.test(name) ? name : null
}
