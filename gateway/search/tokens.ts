// Words of a text as search knows them: runs of letters and digits of any script, without case and accents. Everything
// else separates, so that a part of `FB_Axis_12` or of a path is found by itself; that the separators of a query stand in
// a hit as they were asked for is match.ts's.

/** A word where it stands: `text` as compared, `start` and `end` in the text as it was. */
export interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
}

/**
 * A character of a script that puts no space between words is a word of its own; a run of others is one, in pieces of at
 * most 64, so that a megabyte of base64 is no single word.
 */
const words =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*|[[\p{L}\p{N}\p{M}]--[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]]{1,64}/gv

const isAscii = /^[\0-\x7f]*$/

/** How text is compared: compatible forms made one (NFKC), without case, accents, and the difference of sigmas. */
export function folded(text: string): string {
  if (isAscii.test(text)) return text.toLowerCase()
  return (
    text
      .normalize('NFKD')
      // Accents of Latin, Greek and Cyrillic letters only: in other scripts marks are what tells words apart.
      .replace(/[\u0300-\u036f]/g, '')
      .normalize('NFKC')
      // Up and down again: `ß` is `ss`, as it is where people write in capitals; `ẞ` is `ß` first.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replace(/\u03c2/g, '\u03c3')
  )
}

/** The words of a text, in order. */
export function tokensOf(text: string): Token[] {
  const found: Token[] = []
  for (const match of text.matchAll(words)) {
    const word = folded(match[0])
    if (word !== '') found.push({ text: word, start: match.index, end: match.index + match[0].length })
  }
  return found
}
