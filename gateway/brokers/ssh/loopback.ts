// The names of an asset's own loopback, as clients write them: a closed list, since every other name is looked up by
// somebody, and may mean anything.

const names: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1'])

/** The name as it is asked for on the asset, or null where it is another machine's. */
export function loopbackOf(host: string): string | null {
  const name = host.toLowerCase()
  return names.has(name) ? name : null
}
