/** Chance that repeats: the same seed gives the same numbers on every machine. */

/** A generator of numbers in [0, 1) from a 32-bit seed (a Weyl sequence with a multiplicative finish). */
export function seeded(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

/** The same things in another order, each order as likely as any other (Fisher and Yates). */
export function shuffled<T>(things: readonly T[], chance: () => number): readonly T[] {
  const all = [...things]
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(chance() * (i + 1))
    ;[all[i], all[j]] = [all[j]!, all[i]!]
  }
  return all
}
