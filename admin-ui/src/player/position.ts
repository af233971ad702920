// A place in a replay, as people write it: `4:07`, `1:02:03`. And what it is to read aloud.

const whole = (seconds: number): number => Math.max(0, Math.floor(seconds))
const two = (n: number): string => String(n).padStart(2, '0')

/** `m:ss`, with hours where there are any. */
export function formatPosition(seconds: number): string {
  const all = whole(seconds)
  const [hours, minutes] = [Math.floor(all / 3_600), Math.floor(all / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`
}

/** `1 hour 2 minutes 3 seconds`, for who hears it. */
export function sayPosition(seconds: number): string {
  const all = whole(seconds)
  const parts = [
    [Math.floor(all / 3_600), 'hour'],
    [Math.floor(all / 60) % 60, 'minute'],
    [all % 60, 'second'],
  ] as const
  const said = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}${n === 1 ? '' : 's'}`)
  return said.length === 0 ? 'the beginning' : said.join(' ')
}
