// Amounts of bytes for people, in decimal units.

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** By the largest fitting unit, with one decimal below ten: `812 B`, `1.4 MB`, `23 GB`. */
export function showBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value.toFixed(unit > 0 && value < 9.95 ? 1 : 0)} ${units[unit] ?? 'B'}`
}
