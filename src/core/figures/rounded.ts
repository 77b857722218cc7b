/** Figures as files and scripts are given them: what lies behind is noise of the arithmetic. */

/** @param digits behind the point: money has nine, ms have three */
export const rounded = <T extends number | null>(value: T, digits: number): T =>
  (value === null ? null : Number(value.toFixed(digits)) || 0) as T
