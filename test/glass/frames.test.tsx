import { Box, render, Text } from 'ink'
import { expect, test } from 'vitest'
import { inkFrames } from '../../src/glass/frames.ts'

function stage(columns = 40, rows = 10) {
  const frames: string[] = []
  const size = { columns, rows }
  const source = inkFrames(size, (text) => frames.push(text))
  return { frames, size, source }
}

test('a frame is there, verbatim, when render or rerender returns', () => {
  const { frames, source } = stage()
  const ink = render(<Text>{'\x1b[1mone\x1b[22m and \x1b[38;5;200mmore\x1b[39m'}</Text>, source.options)
  expect(frames).toEqual(['\x1b[1mone\x1b[22m and \x1b[38;5;200mmore\x1b[39m'])
  ink.rerender(
    <Box flexDirection="column">
      <Text>two</Text>
      <Text>漢字 · 👍</Text>
    </Box>,
  )
  expect(frames[1]).toBe('two\n漢字 · 👍')
  expect(frames).toHaveLength(2)
  ink.unmount()
})

test('a tree without text is an empty frame', () => {
  const { frames, source } = stage()
  const ink = render(<Box />, source.options)
  expect(frames).toEqual([''])
  ink.unmount()
})

test('modes are never part of a frame', () => {
  const { frames, source } = stage()
  source.stdout.write('\x1b[?2004h')
  source.stdout.write('\x1b[>1u')
  source.stdout.write('\x1b[<u')
  expect(frames).toEqual([])
  source.stdout.write('\x1b[1mbold\x1b[22m')
  expect(frames).toEqual(['\x1b[1mbold\x1b[22m'])
})

test('a resize lays out anew and sends the frame at once, also where CI is set', () => {
  const { frames, size, source } = stage(20)
  const ink = render(
    <Box justifyContent="space-between">
      <Text>left</Text>
      <Text>right</Text>
    </Box>,
    source.options,
  )
  size.columns = 12
  source.resize()
  expect(frames).toEqual([`left${' '.repeat(11)}right`, 'left   right'])
  ink.unmount()
})

test('a screen reader does not change what a frame is', () => {
  process.env.INK_SCREEN_READER = 'true'
  const { frames, source } = stage()
  const ink = render(<Text aria-label="spoken">seen</Text>, source.options)
  expect(frames).toEqual(['seen'])
  ink.unmount()
  delete process.env.INK_SCREEN_READER
})

test('unmounting sends the last frame once more and then is silent', async () => {
  const { frames, source } = stage()
  const ink = render(<Text>bye</Text>, source.options)
  ink.unmount()
  await ink.waitUntilExit()
  expect(frames).toEqual(['bye', 'bye'])
})

test('the real terminal is not touched', () => {
  const { source } = stage()
  const before = process.stdin.listenerCount('readable') + process.stdin.listenerCount('data')
  const ink = render(<Text>quiet</Text>, source.options)
  expect(process.stdin.listenerCount('readable') + process.stdin.listenerCount('data')).toBe(before)
  expect(source.stdin.listenerCount('readable')).toBe(0)
  ink.unmount()
})
