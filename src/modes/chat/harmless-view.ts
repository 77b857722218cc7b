/**
 * The boundary of the live region: names, notices and errors in a view may come from a server, a file or a clipboard;
 * afterwards nothing in it can steer the terminal. What is typed was made harmless when it came in.
 */

import type { View } from '../../../components/view.ts'
import type { PickerView } from '../../core/picker/layout.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import type { Span } from '../../core/text/spans.ts'

/** No row of a screen shows more UTF-16 units; whoever sends more is not read to the end with each key. */
const LONGEST = 2000

const line = (text: string) => sanitiseLine(text.length > LONGEST ? text.slice(0, LONGEST) : text)

/** The same view, each text in it one harmless line. */
export function harmlessView(view: View): View {
  const { waiting, queue, enclosed, menu, notice, tag, status, welcome, picker } = view
  return {
    ...view,
    waiting: waiting?.map(line) ?? null,
    queue: queue.map(line),
    enclosed: enclosed.map(spans),
    menu: menu && {
      ...menu,
      items: menu.items.map((item) => ({ ...item, label: line(item.label), tells: line(item.tells) })),
    },
    notice: notice === null ? null : line(notice),
    tag: tag === null ? null : line(tag),
    status: status.map((piece) => ({ ...piece, text: line(piece.text) })),
    welcome: welcome && { rows: welcome.rows.map((row) => ({ ...row, text: line(row.text) })) },
    ...(picker ? { picker: harmlessPicker(picker) } : {}),
  }
}

const spans = (all: readonly Span[]) => all.map((one) => ({ ...one, text: line(one.text) }))

function harmlessPicker(picker: PickerView): PickerView {
  return {
    head: picker.head && spans(picker.head),
    line: { ...picker.line, text: line(picker.line.text) },
    rows: picker.rows.map((row) => ({ ...row, spans: spans(row.spans) })),
    preview: picker.preview.map(spans),
    foot: line(picker.foot),
  }
}
