/** The normal curve, where ranks and power need it. */

import { errorFunction, probit } from 'simple-statistics'

/** The chance of a value at least so many standard deviations from the middle, to either side. */
export const normalBeyond = (deviations: number): number =>
  Math.min(1, 1 - errorFunction(Math.abs(deviations) / Math.SQRT2))

/** The deviations below which a share of the curve lies. @param share from 0 to 1 */
export const deviationsOf = (share: number): number => probit(share)
