/** Work that is given up at its first failure, which is told once: what failed on a disk will fail with every key. */

export function untilBroken(onTrouble: (message: string) => void): (deed: () => void) => void {
  let isBroken = false
  return (deed) => {
    if (isBroken) return
    try {
      deed()
    } catch (error) {
      isBroken = true
      onTrouble((error as Error).message)
    }
  }
}
