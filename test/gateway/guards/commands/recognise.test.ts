import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recognise } from '../../../../gateway/guards/commands/recognise.ts'
import { joinWords, splitWords } from '../../../../gateway/guards/commands/words.ts'

const scp = { kind: 'scp', recursive: false, preserves: false, folder: false }
const rsyncFlags = '-logDtpre.iLsfxCIvu'

describe('recognising a file program', () => {
  it.each([
    ['scp -t dst', { ...scp, role: 'sink', paths: ['dst'] }],
    ['scp -r -p -t /x/y', { ...scp, role: 'sink', recursive: true, preserves: true, paths: ['/x/y'] }],
    ['scp -d -t -- -weird', { ...scp, role: 'sink', folder: true, paths: ['-weird'] }],
    ['scp -v -rpf /x', { ...scp, role: 'source', recursive: true, preserves: true, paths: ['/x'] }],
    ['scp -f a b', { ...scp, role: 'source', paths: ['a', 'b'] }],
    ['scp -f \'a b\' "c d" e\\ f', { ...scp, role: 'source', paths: ['a b', 'c d', 'e f'] }],
    ['scp -t ~/x', { ...scp, role: 'sink', paths: ['./x'] }],
    ['scp -t ~', { ...scp, role: 'sink', paths: ['.'] }],
    ["scp -t '~'", { ...scp, role: 'sink', paths: ['~'] }],
    ['exec /usr/bin/scp -t x', { ...scp, role: 'sink', paths: ['x'] }],
    ['LC_ALL=C env LANG=de_DE.UTF-8 scp -t x', { ...scp, role: 'sink', paths: ['x'] }],
    ["git-upload-pack '/srv/it'\\''s.git'", { kind: 'git', service: 'git-upload-pack', path: "/srv/it's.git" }],
    ["git receive-pack 'rel/x.git'", { kind: 'git', service: 'git-receive-pack', path: 'rel/x.git' }],
    ["git-upload-pack '~/x.git'", { kind: 'git', service: 'git-upload-pack', path: './x.git' }],
  ])('takes `%s` for what it is', (line, expected) => {
    expect(recognise(line)).toEqual(expected)
  })

  it.each([
    [
      `rsync --server ${rsyncFlags} . some\\ dir/x\\'y`,
      {
        direction: 'in',
        paths: ["some dir/x'y"],
        needs: ['mkdir', 'setstat', 'symlink'],
        writesBeside: false,
        options: [rsyncFlags, '--no-devices', '--no-specials'],
      },
    ],
    [
      `rsync --server --sender ${rsyncFlags} . /some/dir\\ a/`,
      { direction: 'out', paths: ['/some/dir a/'], options: [rsyncFlags] },
    ],
    [
      'rsync --server -vlogDtprze.iLsfxCIvu --delete . x',
      { options: ['-vlogDtprze.iLsfxCIvu', '--delete', '--no-devices', '--no-specials'] },
    ],
    [
      'rsync --server -tre.iLsfxCIvu --log-format=X --partial-dir .p . x',
      { options: ['-tre.iLsfxCIvu', '--log-format=X', '--partial-dir', '.p'] },
    ],
    ['rsync --server -re.iLsfxCIvu --max-size=10485760 . x', { largest: 10485760, options: ['-re.iLsfxCIvu'] }],
    [
      'rsync --server -ltrze.iLsfxCIvu --append --append . x',
      { options: ['-ltrze.iLsfxCIvu', '--append', '--append'] },
    ],
    // What a client sends for `-a --no-devices`.
    [
      'rsync --server -logtpre.iLsfxCIvu --specials . x',
      { options: ['-logtpre.iLsfxCIvu', '--specials', '--no-devices', '--no-specials'] },
    ],
  ])('takes `%s` as a client of rsync 3 sends it', (line, expected) => {
    expect(recognise(line)).toMatchObject({ kind: 'rsync', ...expected })
  })

  it.each([
    ['-e.LsfxCIvu', []],
    ['-vze.LsfxCIvu --partial --inplace --stats', []],
    // Devices and pipes are left out, and need nothing.
    ['-De.LsfxCIvu', []],
    ['-re.iLsfxCIvu', ['mkdir']],
    ['-de.LsfxCIvu', ['mkdir']],
    ['-e.LsfxCIvu --dirs', ['mkdir']],
    ['-e.LsfxCIvu --mkpath', ['mkdir']],
    ['-e.LsfxCIvu --partial-dir .p', ['mkdir']],
    ['-e.LsfxCIvu --delay-updates', ['mkdir']],
    ...'ogtpEAXNU'.split('').map((letter) => [`-${letter}e.LsfxCIvu`, ['setstat']] as const),
    ['-le.LsfxCIvu', ['symlink']],
    ['-He.LsfxCIvu', ['symlink']],
    ['-be.LsfxCIvu', ['rename']],
    ['-de.LsfxCIvu --no-r --delete', ['mkdir', 'delete']],
    ['-re.iLsfxCIvu --delete-during', ['mkdir', 'delete']],
    ['-re.iLsfxCIvu --delete-excluded --max-delete=3', ['mkdir', 'delete']],
    ['-re.iLsfxCIvu --delete-missing-args', ['mkdir', 'delete']],
    ['-re.iLsfxCIvu --force', ['mkdir', 'delete']],
    ['-lHbogDtpAXre.iLsfxCIvu --delete', ['mkdir', 'setstat', 'symlink', 'rename', 'delete']],
  ] as const)('knows that a target of rsync with `%s` needs %j beside writing', (options, needs) => {
    expect(recognise(`rsync --server ${options} . x`)).toMatchObject({ kind: 'rsync', needs })
  })

  it.each([
    ['-be.LsfxCIvu', true],
    ['-e.LsfxCIvu --partial-dir .p', true],
    ['-e.LsfxCIvu --delay-updates', true],
    ['-logDtpre.iLsfxCIvu --partial', false],
  ])('knows whether rsync with `%s` puts something beside a file', (options, writesBeside) => {
    expect(recognise(`rsync --server ${options} . x`)).toMatchObject({ kind: 'rsync', writesBeside })
  })

  it.each([
    // The target would take `--partial-dir` for the value of `-e`, and `.ssh` for the folder to begin in.
    ['rsync --server -re --partial-dir .ssh . /srv', '-e'],
    ['rsync --server -re --max-size=5 . /srv', '-e'],
    [`rsync --server ${rsyncFlags} --super . x`, '--super'],
    [`rsync --server ${rsyncFlags} --copy-dest /x . x`, '--copy-dest'],
    [`rsync --server ${rsyncFlags} --link-dest /x . x`, '--link-dest'],
    [`rsync --server --sender ${rsyncFlags} --copy-devices . x`, '--copy-devices'],
    [`rsync --server --sender ${rsyncFlags} --copy-unsafe-links . x`, '--copy-unsafe-links'],
    [`rsync --server ${rsyncFlags} --insecure-links . x`, '--insecure-links'],
    [`rsync --server ${rsyncFlags} --usermap=\\*:root . x`, '--usermap'],
    [`rsync --server ${rsyncFlags} --suffix=.x . x`, '--suffix'],
    [`rsync --server ${rsyncFlags} --partial-dir=/x . x`, '--partial-dir'],
    ['rsync --server --sender -lkogDtpre.iLsfxCIvu . x', '-k'],
    [`rsync --server ${rsyncFlags} --remove-source-files . x`, '--remove-source-files'],
    ['rsync --server --sender -lLogDtpre.iLsfxCIvu . /some/dir', '-L'],
    ['rsync --server -logDtpRe.iLsfxCIvu . x', '-R'],
    ['rsync --server -lKogDtpre.iLsfxCIvu . x', '-K'],
    [`rsync --server ${rsyncFlags} --compare-dest /x . x`, '--compare-dest'],
    [`rsync --server ${rsyncFlags} --backup-dir=/x . x`, '--backup-dir'],
    [`rsync --server ${rsyncFlags} --fake-super . x`, '--fake-super'],
    [`rsync --server ${rsyncFlags} --log-file=/etc/x . x`, '--log-file'],
    [`rsync --server ${rsyncFlags} --temp-dir /x . x`, '--temp-dir'],
    [`rsync --server ${rsyncFlags} --files-from=/x . x`, '--files-from'],
    [`rsync --server ${rsyncFlags} --write-devices . x`, '--write-devices'],
    [`rsync --server ${rsyncFlags} --partial-dir ../x . x`, '--partial-dir'],
    ['rsync --server -slogDtpre.iLsfxCIvu', '-s'],
    [`rsync --server --sender ${rsyncFlags} . /srv/*.bin`, '*.bin'],
  ])('refuses `%s` and names what it refuses', (line, named) => {
    const call = recognise(line)
    expect(call).toMatchObject({ kind: 'refused', program: 'rsync' })
    expect('text' in call && call.text).toContain(named)
  })

  it.each([
    ['scp -f *.txt', 'scp'],
    ['scp -t a b', 'scp'],
    ['scp -t ~root/x', 'scp'],
    ["git-upload-pack '~root/x.git'", 'git'],
    ['/usr/lib/openssh/sftp-server', 'sftp-server'],
    ['exec sftp-server -e', 'sftp-server'],
    [
      'exec sh -c \'cd; umask 077; mkdir -p ".ssh" && { [ -z `tail -1c .ssh/authorized_keys 2>/dev/null` ] || echo >> ".ssh/authorized_keys" || exit 1; } && cat >> ".ssh/authorized_keys" || exit 1; \'',
      'ssh-copy-id',
    ],
    ['umask 077 ; mkdir -p .ssh && cat >> .ssh/authorized_keys', 'ssh-copy-id'],
  ])('refuses `%s` with a sentence', (line, program) => {
    expect(recognise(line)).toMatchObject({ kind: 'refused', program })
  })

  it.each([
    'scp -t x; reboot',
    'scp -t $(reboot)',
    'scp -t `reboot`',
    'scp -t x && reboot',
    'scp -t x | sh',
    'scp -t x > /etc/passwd',
    'scp -t "$HOME"',
    "scp -t 'x",
    'scp -t x\nreboot',
    'scp -t {a,b}',
    'scp -S /tmp/evil -t x',
    'scp -o ProxyCommand=reboot -t x',
    'scp -t -f x',
    'scp -t',
    'scp x y',
    '/tmp/scp -t x',
    '/usr/bin/../../tmp/scp -t x',
    'sc* -t x',
    'LD_PRELOAD=/tmp/x.so scp -t x',
    'env PATH=/tmp scp -t x',
    'sudo scp -t x',
    'rsync a b',
    'rsync --daemon',
    "git-upload-pack --upload-pack=reboot '/x'",
    "git-shell -c 'x'",
    'git upload-archive x',
    'ls',
    '',
    ' ',
  ])('takes `%s` for a command like any other', (line) => {
    expect(recognise(line)).toEqual({ kind: 'command' })
  })

  it('never throws, whatever the line', () => {
    const tokens = fc.constantFrom(
      'scp',
      'rsync',
      '--server',
      '--sender',
      '-t',
      '-f',
      '-r',
      '.',
      "'",
      '"',
      '\\',
      ' ',
      '*',
      '~',
      '/',
      '..',
      ';',
      '$',
      'git-upload-pack',
      'exec',
      'env',
      'a',
      '\n',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(tokens).map((all) => all.join(' ')),
          fc.array(tokens).map((all) => all.join('')),
        ),
        (line) => {
          expect(typeof recognise(line).kind).toBe('string')
        },
      ),
    )
  })

  it('puts words together so that taking them apart gives them back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))), (words) => {
        expect(splitWords(joinWords(words))).toEqual(words.map((text) => ({ text, bare: 'none' })))
      }),
    )
  })
})
