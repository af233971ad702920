// One command line taken apart into words as a shell would (POSIX.1-2024 XCU 2.2, 2.3), as long as it is nothing but words:
// quotes and backslashes are understood; whatever a shell would act upon itself makes it no list of words. And words put
// together again, so that a shell reads each of them as it stands.

/** `bare`: characters that a shell would expand stand in it unquoted: `*`, `?`, `[`, or `~` at its beginning. */
export interface Word {
  readonly text: string
  readonly bare: 'none' | 'home' | 'wildcard'
}

/** A shell does something of its own with these where they are not quoted. */
const acting = new Set(';&|<>()$`!{}#\n\r\0'.split(''))
/** Of what stands between double quotes. */
const actingQuoted = new Set('$`!\0'.split(''))
const escapable = new Set('$`"\\'.split(''))
const blanks = new Set([' ', '\t'])
const wild = new Set('*?['.split(''))
/** Longer than this is no list of paths that anybody means. */
const longest = 32_768

/** The words, or null where a shell would do more than pass them on, or would ask for more. */
export function splitWords(line: string): readonly Word[] | null {
  if (line.length > longest) return null
  const words: Word[] = []
  let text: string | null = null
  let bare: Word['bare'] = 'none'
  const end = (): void => {
    if (text !== null) words.push({ text, bare })
    text = null
    bare = 'none'
  }
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i)
    if (blanks.has(char)) end()
    else if (char === "'") {
      const close = line.indexOf("'", i + 1)
      if (close < 0) return null
      text = (text ?? '') + line.slice(i + 1, close)
      i = close
    } else if (char === '"') {
      const quoted = readQuoted(line, i + 1)
      if (quoted === null) return null
      text = (text ?? '') + quoted.text
      i = quoted.close
    } else if (char === '\\') {
      const next = line.charAt(++i)
      if (next === '' || next === '\n' || next === '\0') return null
      text = (text ?? '') + next
    } else {
      if (acting.has(char)) return null
      if (char === '~' && text === null) bare = 'home'
      if (wild.has(char)) bare = 'wildcard'
      text = (text ?? '') + char
    }
  }
  end()
  return words
}

function readQuoted(line: string, from: number): { readonly text: string; readonly close: number } | null {
  let text = ''
  for (let i = from; i < line.length; i++) {
    const char = line.charAt(i)
    if (char === '"') return { text, close: i }
    if (actingQuoted.has(char)) return null
    if (char === '\\' && escapable.has(line.charAt(i + 1))) text += line.charAt(++i)
    else text += char
  }
  return null
}

/** The word as one word of any shell. What needs no quotes gets none, for targets whose shell knows other ones. */
export function quoteWord(text: string): string {
  if (/^[\w%+,./:=@-]+$/.test(text)) return text
  return `'${text.replaceAll("'", `'\\''`)}'`
}

export const joinWords = (words: readonly string[]): string => words.map(quoteWord).join(' ')
