// A very small terminal program for the kit's own tests: raw mode, bracketed paste, an echo of what was typed.
// `-p` answers stdin on stdout instead. Signals and exit codes are asked for by what is typed or piped in.

const pieces = (text) => JSON.stringify(text).slice(1, -1)

if (process.argv.includes('-p')) {
  let input = ''
  if (process.argv.includes('--greet')) process.stdout.write('hello\n')
  process.stdout.on('error', ({ code }) => process.exit(code === 'EPIPE' ? 0 : 1))
  for await (const chunk of process.stdin) input += chunk
  if (input.startsWith('forever')) setInterval(() => process.stdout.write('again\n'), 1)
  else {
    process.stdout.write(`${input.length} characters\n`)
    if (input.startsWith('fail')) {
      process.stderr.write('failed as asked\n')
      process.exitCode = 6
    }
  }
} else {
  const give = (text) => process.stdout.write(text)
  const leave = (code) => {
    give('\x1b[?2004l\x1b[<u\x1b[?25h')
    process.stdin.setRawMode(false)
    process.exit(code)
  }
  process.stdin.setRawMode(true)
  process.stdin.setEncoding('utf8')
  // Before the prompt: whoever sees it may send a signal.
  process.on('SIGTERM', () => leave(143))
  give(`\x1b[?2004h\x1b[>1u\x1b[?25l${process.env.GREETING ?? ''}› `)
  process.stdout.on('resize', () => give(`[${process.stdout.columns}x${process.stdout.rows}]`))
  process.stdin.on('data', (typed) => {
    if (typed === '\x04') leave(0)
    else if (typed === 'die') process.kill(process.pid, 'SIGKILL')
    else if (typed === 'wipe') give('\x1b[2J\x1b[H')
    else if (typed === 'long') give(`${Array.from({ length: 60 }, (_, i) => `line ${i + 1}`).join('\r\n')}\r\n`)
    else if (typed === 'hold') give('\x1b[?2026hheld')
    else if (typed === 'let go') give(' and seen\x1b[?2026l')
    else give(`<${pieces(typed)}>`)
  })
}
