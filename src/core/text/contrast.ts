/** How well one colour can be read on another, as WCAG 2.2 counts it. Which colours there are, `theme` knows. */

/** Red, green and blue, each from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** Relative luminance, 0 (black) to 1 (white): WCAG 2.2, definition of "relative luminance". */
function luminance([red, green, blue]: Rgb): number {
  const linear = (part: number) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/** Contrast ratio, 1 (none) to 21 (black on white): WCAG 2.2, definition of "contrast ratio". */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** Whether black or white would be read better on it: what a terminal's background makes of the terminal. */
export function groundOf(background: Rgb): 'light' | 'dark' {
  return contrast(background, [0, 0, 0]) > contrast(background, [255, 255, 255]) ? 'light' : 'dark'
}
