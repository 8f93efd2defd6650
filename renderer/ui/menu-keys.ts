/** A shortcut as ARIA spells it: `Ctrl+Shift+R` and `⌘.` are `Control+Shift+R` and `Meta+.`. */
export function ariaKeys(keys: string): string {
  return keys
    .replace('⌘', 'Meta+')
    .replace('Ctrl+', 'Control+')
    .replace('↑', 'ArrowUp')
    .replace('↓', 'ArrowDown');
}
