/** Chance that repeats, as the whole program has it. */

export { seeded } from '../core/lab/stats/seeded.ts'
