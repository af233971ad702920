// `sallyport search` where it never gets to a gateway: what it asks for first.

import { expect, it } from 'vitest'

import { sallyport } from './run-sallyport.ts'

it.each([
  [['search', '--purpose', 'incident 17'], 'expected what to search for'],
  [['search', 'pump'], 'expected --purpose: why it is searched is kept as evidence'],
  [['search', 'pump', '--status'], '--status and --rebuild take no query'],
])('%j says what is missing', async (args, text) => {
  const run = await sallyport(args)
  expect(run.status).toBe(2)
  expect(run.stderr).toContain(text)
})

it('has a help text with the forms of a query', async () => {
  const run = await sallyport(['search', '--help'])
  expect(run.status).toBe(0)
  expect(run.stdout).toMatch(/"phrases"[^]*in:typed/)
})
