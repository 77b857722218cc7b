import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Node, treeRows } from '../../../src/core/conversation/tree.ts'

/** `drawn('1>2 2>3 1>4', 4)`: rows as they look, numbers after the strokes, folded runs as `first..last`. */
function drawn(edges: string, here: number | null, unfolded: readonly number[] = []): readonly string[] {
  const nodes: Node[] = edges.split(' ').map((edge) => {
    const [parent, number] = edge.split('>').map(Number) as [number, number]
    return { number, parent: parent === 0 ? null : parent }
  })
  return treeRows(nodes, here, new Set(unfolded)).map(({ guide, numbers, onPath }) => {
    const said = numbers.length > 1 ? `${numbers[0]}..${numbers.at(-1)}` : `${numbers[0]}`
    return `${guide}${said}${onPath ? '*' : ''}`
  })
}

const line = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `${from + i}>${from + i + 1}`).join(' ')

describe('the tree', () => {
  test('of a straight conversation is one line', () => {
    expect(drawn('0>1 1>2 2>3', 3)).toEqual(['1*', '2*', '3*'])
  })

  test('folds what is long and straight; where one is stays in sight', () => {
    expect(drawn(`0>1 ${line(1, 1_000)}`, 1_000)).toEqual(['1*', '2..999*', '1000*'])
    expect(drawn(`0>1 ${line(1, 1_000)}`, 500)).toEqual(['1*', '2..499*', '500*', '501..999', '1000'])
    expect(drawn(`0>1 ${line(1, 7)}`, 7, [2])).toEqual(['1*', '2*', '3*', '4*', '5*', '6*', '7*'])
  })

  test('hangs a branch off the turn it was left for, and goes on straight below it', () => {
    expect(drawn('0>1 1>2 2>3 1>4 4>5', 5)).toEqual(['1*', '├─2', '│ 3', '4*', '5*'])
    expect(drawn('0>1 1>2 2>3 1>4 4>5', 3)).toEqual(['1*', '├─4', '│ 5', '2*', '3*'])
  })

  test('indents a branch of a branch once more, and nothing else', () => {
    expect(drawn('0>1 1>2 2>3 2>4 1>5 1>6', 6)).toEqual(['1*', '├─2', '│ ├─3', '│ 4', '├─5', '6*'])
  })

  test('shows questions that began anew side by side', () => {
    expect(drawn('0>1 1>2 0>3', 3)).toEqual(['╭─1', '│ 2', '3*'])
    expect(drawn('0>1 1>2 0>3', null)).toEqual(['╭─1', '│ 2', '3'])
  })

  test('goes on with what was asked last where one is on neither branch', () => {
    expect(drawn('0>1 1>2 2>3 1>4', 1)).toEqual(['1*', '├─2', '│ 3', '4'])
  })

  test('stays narrow, however many branches of branches there are', () => {
    const left = Array.from({ length: 1_999 }, (_, i) => `${1_999 - i}>${2_001 + i}`).join(' ')
    const rows = drawn(`0>1 ${line(1, 2_000)} ${left}`, null)
    expect(rows).toHaveLength(3_999)
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThan(30)
  })
})

/** Turns as a conversation makes them: each follows an earlier one, or none. */
const conversation = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 9 })), { maxLength: 120 }).map((draws) =>
  draws.map(([seed, kind], i): Node => {
    // Mostly the next one; now and then from anywhere earlier.
    const parent = kind < 7 ? i : seed % (i + 1)
    return { number: i + 1, parent: parent === 0 ? null : parent }
  }),
)

describe('LAW: in the tree of any conversation', () => {
  test('every turn stands in exactly one row, below the turn it follows', () => {
    fc.assert(
      fc.property(conversation, fc.nat(130), fc.array(fc.nat(130)), (nodes, here, unfolded) => {
        const rows = treeRows(nodes, here === 0 ? null : here, new Set(unfolded))
        const order = rows.flatMap(({ numbers }) => numbers)
        expect([...order].sort((a, b) => a - b)).toEqual(nodes.map(({ number }) => number))
        const place = new Map(order.map((number, i) => [number, i]))
        for (const { number, parent } of nodes)
          if (parent !== null) expect(place.get(parent)!).toBeLessThan(place.get(number)!)
      }),
    )
  })

  test('the branch one is on is marked from its beginning to where one is, and is never indented', () => {
    fc.assert(
      fc.property(conversation, fc.nat(), (nodes, seed) => {
        if (nodes.length === 0) return
        const here = 1 + (seed % nodes.length)
        const path: number[] = []
        for (let at: number | null = here; at !== null; at = nodes[at - 1]!.parent) path.unshift(at)
        const rows = treeRows(nodes, here).filter(({ onPath }) => onPath)
        expect(rows.flatMap(({ numbers }) => numbers)).toEqual(path)
        for (const { guide } of rows) expect(guide).toBe('')
        expect(rows.at(-1)!.numbers).toEqual([here])
      }),
    )
  })

  test('only forks are indented: a run keeps its column', () => {
    fc.assert(
      fc.property(conversation, (nodes) => {
        const rows = treeRows(nodes, null)
        const column = new Map(rows.flatMap(({ guide, numbers }) => numbers.map((n) => [n, guide.length] as const)))
        const children = Map.groupBy(nodes, ({ parent }) => parent)
        for (const { number, parent } of nodes) {
          if (parent === null || children.get(parent)!.length > 1) continue
          expect(column.get(number)).toBe(column.get(parent))
        }
      }),
    )
  })

  test('whatever a damaged file says about who follows whom, each turn is there', () => {
    const any = fc.array(
      fc.record({ number: fc.integer({ min: 1, max: 20 }), parent: fc.option(fc.nat(25), { nil: null }) }),
    )
    fc.assert(
      fc.property(any, fc.option(fc.nat(25), { nil: null }), (nodes, here) => {
        const order = treeRows(nodes, here).flatMap(({ numbers }) => numbers)
        expect(new Set(order)).toEqual(new Set(nodes.map(({ number }) => number)))
        expect(order).toHaveLength(new Set(order).size)
      }),
    )
  })
})
