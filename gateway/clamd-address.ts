// Where a malware scanner listens, as the configuration says it.

/** Where clamd listens. */
export type ClamdAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }

/** `/run/clamav/clamd.ctl`, `scanner.example:3310` or `[fd00::1]:3310`; null where it is none of these. */
export function parseClamdAddress(text: string): ClamdAddress | null {
  if (text.startsWith('/')) return { kind: 'socket', path: text }
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text)
  const host = found?.[1] ?? found?.[2]
  const port = Number(found?.[3])
  return host !== undefined && port > 0 && port <= 65_535 ? { kind: 'tcp', host, port } : null
}
