/**
 * The turns of a conversation as a tree in rows: only forks are indented, long straight runs are folded into one row.
 * The branch one is on goes straight down; others hang off it, above the turn they were left for.
 */

/** What of a turn the tree needs. */
export interface Node {
  readonly number: number
  readonly parent: number | null
}

export interface TreeRow {
  /** Strokes that lead to it. */
  readonly guide: string
  /** One turn; or several that follow each other, folded. */
  readonly numbers: readonly number[]
  /** It belongs to the branch one is on. */
  readonly onPath: boolean
  /** A branch begins here: others follow the same turn. */
  readonly isFork: boolean
}

/** So many turns in a row that nothing happens at are worth a row of their own no more. */
const FOLDED_FROM = 3
/** Branches of branches of branches: beyond this they are indented no further. */
const DEEPEST = 8

/**
 * Every turn stands in exactly one row, below the turn it follows.
 * @param here the turn that the next question will follow; null: none
 * @param unfolded first numbers of runs that are shown turn by turn
 */
export function treeRows(
  nodes: readonly Node[],
  here: number | null,
  unfolded: ReadonlySet<number> = new Set(),
): readonly TreeRow[] {
  const { children, parents } = related(nodes)
  const path = new Set<number>()
  for (let at = here; at !== null && parents.has(at); at = parents.get(at)!) path.add(at)
  const latest = latestBelow(parents)
  const straightest = (of: readonly number[]) =>
    of.find((number) => path.has(number)) ?? of.reduce((a, b) => (latest.get(b)! > latest.get(a)! ? b : a))

  const rows: TreeRow[] = []
  const rest: {
    readonly number: number
    readonly depth: number
    readonly isSide: boolean
    readonly isFork: boolean
  }[] = []
  /** Side branches come first, so that the straight one goes on below them. */
  const fork = (of: readonly number[], depth: number) => {
    if (of.length === 0) return
    const straight = straightest(of)
    const isFork = of.length > 1
    rest.push({ number: straight, depth, isSide: false, isFork })
    for (const number of [...of].reverse())
      if (number !== straight) rest.push({ number, depth: depth + 1, isSide: true, isFork })
  }
  fork(children.get(null) ?? [], 0)
  for (let branch = rest.pop(); branch; branch = rest.pop()) {
    const run = runFrom(branch.number, children)
    const along = '│ '.repeat(Math.min(branch.depth, DEEPEST))
    const first = branch.isSide ? `${along.slice(2)}${rows.length === 0 ? '╭─' : '├─'}` : along
    for (const [i, numbers] of foldedRun(run, here, unfolded).entries())
      rows.push({
        guide: i === 0 ? first : along,
        numbers,
        onPath: path.has(numbers[0]!),
        isFork: i === 0 && branch.isFork,
      })
    fork(children.get(run.at(-1)!) ?? [], branch.depth)
  }
  return rows
}

/** Turns from this one on, up to a fork or an end. */
function runFrom(number: number, children: ReadonlyMap<number | null, readonly number[]>): readonly number[] {
  const run = [number]
  for (let next = children.get(number); next?.length === 1; next = children.get(next[0]!)) run.push(next[0]!)
  return run
}

/** A straight run in rows. Its ends are always seen, and so is where one is. */
function foldedRun(
  run: readonly number[],
  here: number | null,
  unfolded: ReadonlySet<number>,
): readonly (readonly number[])[] {
  const rows: (readonly number[])[] = []
  let quiet: number[] = []
  const fold = () => {
    const isFolded = quiet.length >= FOLDED_FROM && !unfolded.has(quiet[0]!)
    rows.push(...(isFolded ? [quiet] : quiet.map((number) => [number])))
    quiet = []
  }
  for (const [i, number] of run.entries()) {
    if (i > 0 && i < run.length - 1 && number !== here) {
      quiet.push(number)
      continue
    }
    fold()
    rows.push([number])
  }
  return rows
}

/** Who follows whom, by number. A turn never follows a later one: whatever says so begins anew. */
function related(nodes: readonly Node[]) {
  const numbers = new Set(nodes.map(({ number }) => number))
  const parents = new Map<number, number | null>()
  const children = new Map<number | null, number[]>()
  for (const { number, parent } of [...nodes].sort((a, b) => a.number - b.number)) {
    if (parents.has(number)) continue
    const above = parent !== null && parent < number && numbers.has(parent) ? parent : null
    parents.set(number, above)
    const siblings = children.get(above)
    if (siblings) siblings.push(number)
    else children.set(above, [number])
  }
  return { parents, children }
}

/** The highest number among a turn and all that follow it. @param parents by number, in ascending order */
function latestBelow(parents: ReadonlyMap<number, number | null>): ReadonlyMap<number, number> {
  const latest = new Map<number, number>()
  for (const [number, parent] of [...parents].reverse()) {
    const own = Math.max(number, latest.get(number) ?? 0)
    latest.set(number, own)
    if (parent !== null) latest.set(parent, Math.max(own, latest.get(parent) ?? 0))
  }
  return latest
}
