/** The one call to Ink's render. Ink lays out the live region; its frames go to the painter, never to the terminal. */

import { render } from 'ink'
import { inkFrames } from '../src/glass/frames.ts'
import { App } from './App.tsx'
import type { View } from './view.ts'

export interface Mounted {
  /** Draws this view; its rows arrive through `onRows` before the call returns. */
  draw(view: View): void
  unmount(): void
}

/** @param onRows called with the rows of every frame, also of those a spinner starts on its own */
export function mount(
  size: { readonly columns: number; readonly rows: number },
  first: View,
  onRows: (rows: readonly string[]) => void,
): Mounted {
  const frames = inkFrames(size, (text) => onRows(text.replace(/\n$/, '').split('\n')))
  const ink = render(<App view={first} />, frames.options)
  let columns = size.columns
  return {
    draw(view) {
      if (size.columns !== columns) {
        columns = size.columns
        frames.resize()
      }
      ink.rerender(<App view={view} />)
    },
    unmount: () => ink.unmount(),
  }
}
