// The numbers of SFTP version 3 (draft-ietf-secsh-filexfer-02) and of OpenSSH's extensions to it (its file PROTOCOL,
// section 4). Nothing here does anything.

/** Section 3. */
export const packetTypes = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attrs: 105,
  extended: 200,
  extendedReply: 201,
} as const

/** Section 7. */
export const statusCodes = {
  ok: 0,
  eof: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  unsupported: 8,
} as const

/** Section 6.3. */
export const openFlags = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 } as const
export const everyOpenFlag = 63

/** Section 5. */
export const attributeFlags = { size: 1, owner: 2, permissions: 4, times: 8, extended: 0x80000000 } as const

/** Bits of a mode without those that let a program run as somebody else. */
export const ordinaryMode = 0o777

/** `st_mode` of POSIX: what kind of file it is. */
export const fileTypes = { mask: 0o170000, folder: 0o040000, regular: 0o100000, link: 0o120000 } as const

/** What OpenSSH takes (SFTP_MAX_MSG_LENGTH); the draft asks for 34,000 at least. Without the length field. */
export const longestPacket = 256 * 1024
/** Of a handle, section 6.2. */
export const longestHandle = 256
/** Of a path, in bytes: PATH_MAX of Linux. */
export const longestPath = 4_096
/** Of one READ or WRITE: what OpenSSH answers to `limits@openssh.com`. */
export const mostData = longestPacket - 1_024

/** What is offered to a client where the target offers it, with the versions known here. */
export const offeredExtensions: Readonly<Record<string, string>> = {
  'posix-rename@openssh.com': '1',
  'statvfs@openssh.com': '2',
  'fstatvfs@openssh.com': '2',
  'hardlink@openssh.com': '1',
  'fsync@openssh.com': '1',
  'lsetstat@openssh.com': '1',
  'limits@openssh.com': '1',
  'expand-path@openssh.com': '1',
  'copy-data': '1',
}
