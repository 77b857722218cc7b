/** The files of this folder as a list: Enter attaches one, Tab does and stays for more. */

import { FILE_LOOKS, FILES, type FileRow, fileRows } from '../../core/picker/files.ts'
import { sanitise } from '../../core/text/sanitise.ts'
import { projectFiles } from '../../io/files/project-files.ts'
import type { Source } from './chooser.ts'

export async function fileSource(folder: string, attach: (path: string) => void): Promise<Source<FileRow>> {
  // A name that would have to be shown in another form could not be told from others.
  const paths = (await projectFiles(folder)).filter((path) => sanitise(path) === path)
  return {
    kind: FILES,
    looks: FILE_LOOKS,
    find: (typed, limit) => {
      const rows = fileRows(paths, typed, limit)
      return { rows, hasMore: rows.length === limit }
    },
    take({ path }) {
      attach(path)
      return true
    },
    act(_, row, __, list) {
      if (!row) return
      attach(row.path)
      list.tell(`${row.path} is attached.`)
    },
  }
}
