/** How this program is called in advice: whoever talks to the demo goes on doing so. */
export const called = (isDemo: boolean): string => (isDemo ? 'claude-tui --demo' : 'claude-tui')
