/** The list of files that can be attached: those of the project, by their paths. */

import { filesLike } from '../composer/file-words.ts'
import { marked, placesOf, wordsOf } from '../history/said-words.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import { span } from '../text/spans.ts'
import type { Looks } from './layout.ts'
import type { Kind, Row } from './picker.ts'

export interface FileRow extends Row {
  readonly path: string
}

export const FILES: Kind<FileRow> = {
  takes: 'attach',
  begins: 'first',
  name: ({ path }) => path,
  acts: [{ name: 'more', keys: ['tab'], tells: 'attach and stay' }],
}

/** @param numbers of all paths: they name the rows */
export function fileRows(paths: readonly string[], typed: string, most: number): readonly FileRow[] {
  const numbers = new Map(paths.map((path, i) => [path, i]))
  return filesLike(typed.trim(), paths, most).map((path) => ({ id: numbers.get(path)!, path }))
}

export const FILE_LOOKS: Looks<FileRow> = {
  head: 'Attach',
  placeholder: ['type to search the files of this folder', 'type to search'],
  empty: 'There are no files here. /attach PATH takes one from elsewhere.',
  columns: [],
  cells({ path }, typed) {
    const line = sanitiseLine(path)
    return { text: marked(line, placesOf(line, wordsOf(typed), true)), beside: null, columns: [] }
  },
  aloud: ({ path }) => path,
  preview: ({ path }) => [[span(sanitiseLine(path), 'dim')]],
}
