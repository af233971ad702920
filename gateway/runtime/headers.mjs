// Headers of Node.js that a native binding with many short-lived objects is compiled with safely. Finds the headers that
// belong to a Node.js, and lays out a folder of them in which one file is changed. Compiling is postinstall's.

import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const changed = 'node_object_wrap.h'
/** Both functions by which an object in a binding is entered in Node's list of what to clean up, and taken out of it. */
const hooks = /EnvironmentCleanupHook/

/**
 * Whether a compiled binding's objects enter themselves in that list: then their functions are among the names that it
 * wants of Node. Read from the file itself, so it says the truth whoever compiled it and with what.
 */
export function hasCleanupHooks(binding) {
  return readFileSync(binding).includes('EnvironmentCleanupHook')
}

/**
 * What node-gyp calls nodedir, the folder with `include/node`, of a Node.js that lies where its makers put it; null
 * where it came without headers, as on Windows and from some distributions.
 */
export function findHeaders(program) {
  const folder = dirname(dirname(program))
  return existsSync(join(folder, 'include', 'node', changed)) ? folder : null
}

/**
 * Lays out `folder` as a nodedir: links to the headers of another, and of one a copy without cleanup hooks. Answers
 * null, or in one clause why it cannot be had.
 *
 * From 24 on, the base class of ssh2's ciphers, `ObjectWrap`, enters each object in a list of its environment and takes
 * it out again in its destructor (24.21.0: `AddCleanupHook`, `RemoveCleanupHook`). The destructor runs when V8 collects
 * the object, and V8 collects whenever it needs room: also inside WebAssembly, where no context is entered and so Node
 * finds no environment: `Assertion failed: (env) != nullptr`, SIGABRT. Cedar is WebAssembly, and each SSH connection
 * leaves ciphers behind; so a decision could end the gateway, all sessions with it.
 *
 * Both bodies are emptied. With only the taking out gone, the list would keep objects that are already deleted, and
 * deletes them again at the end. What is lost with both gone is that list's one purpose: when an environment ends, the
 * objects still alive are deleted. Without it they are left to the operating system, as in every Node.js before; that
 * is a leak only where environments come and go inside one process (`worker_threads`), each with open SSH connections.
 * The gateway has no such threads: what it has beside its first process are processes. Nothing else leans on the list:
 * V8's weak callback, which deletes a collected object, is set by `Wrap`; a handle left at the end goes with its
 * isolate, whose end calls no weak callback; and ssh2's destructors only free memory of OpenSSL.
 */
export function layOutHeaders(headers, folder) {
  const from = join(headers, 'include', 'node')
  const text = readFileSync(join(from, changed), 'utf8')
  const mended = text.replace(/void (Add|Remove)CleanupHook\(\) \{[^{}]*\}/g, 'void $1CleanupHook() {}')
  if (hooks.test(mended)) return `\`${changed}\` is not as expected: it would abort a gateway`
  const to = join(folder, 'include', 'node')
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) {
    if (name === changed) writeFileSync(join(to, name), mended)
    else symlinkSync(join(from, name), join(to, name))
  }
  return null
}
