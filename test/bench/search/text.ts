// Text for the search bench, the same in every run: lines as logs and shells write them, of words that are as unevenly
// frequent as those of a language.

/** A generator of numbers from 0 to 1 that is the same in every run (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const syllables = [
  'ka',
  'mo',
  'ti',
  'ru',
  'se',
  'pan',
  'lor',
  'vex',
  'din',
  'ga',
  'hul',
  'bre',
  'sto',
  'quin',
  'ar',
  'el',
]

/** The nth word of the vocabulary; lower ones are the more frequent. */
export function wordAt(n: number): string {
  let word = ''
  for (let rest = n + 16; rest > 0; rest = Math.floor(rest / 16)) word += syllables[rest % 16] ?? ''
  return word
}

const vocabulary = 30_000

/** A word by its frequency: the nth is drawn about 1/n times as often as the first (Zipf). */
export const draw = (random: () => number): string => wordAt(Math.floor(vocabulary ** random()) - 1)

/** About so many characters of log lines. */
export function logText(random: () => number, length: number): string {
  let text = ''
  while (text.length < length) {
    const second = String(Math.floor(random() * 60)).padStart(2, '0')
    text += `2026-11-21T10:${second}:${second} plc-${Math.floor(random() * 40)} ${draw(random)}[${Math.floor(random() * 9_999)}]:`
    for (let word = 0; word < 9; word++) text += ` ${draw(random)}`
    text += ` 10.2.${Math.floor(random() * 16)}.${Math.floor(random() * 255)}\r\n`
  }
  return text
}
