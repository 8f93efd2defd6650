import type { Page } from '@playwright/test';

/** Lists of their own, which scroll sideways on purpose. */
const SIDEWAYS = '.contact-scroller, .log, .lanes, .chips';
/** Cut here and whole in other words: in a `Hint`, which exists only while it shows, or in a title with both paths in full. */
const HINTED = '.batch-entry, .header-path';
/** As it was written, a line is a line. */
const AS_WRITTEN = '.log, .evidence, .command, .cut';
/** Pixels: a hand hits it (WCAG 2.5.8), and an eye finds the next line. */
const SMALLEST_TARGET = 24;
const LONGEST_LINE = 1000;
const MOST_OFF = 4;

/**
 * What does not fit the window as it is laid out now, a line for each: it scrolls sideways, or lies outside;
 * it is cut and nowhere whole, or the ring around it is; it is too small to be hit; its lines are too long to be read.
 */
export async function misfits(window: Page): Promise<readonly string[]> {
  const rules = { SIDEWAYS, HINTED, AS_WRITTEN, SMALLEST_TARGET, LONGEST_LINE, MOST_OFF };
  return window.evaluate((rules) => {
    const { clientWidth, clientHeight } = document.documentElement;
    const seen = [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((part) => !(part instanceof SVGElement))
      .filter((part) => part.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      // For ears only.
      .filter((part) => part.offsetWidth > 1 && !part.closest('.visually-hidden, .sidebar-word'));
    const nameOf = (part: Element) =>
      `${part.tagName.toLowerCase()}.${part.className} “${part.ariaLabel ?? part.textContent?.slice(0, 60)}”`;
    const isLongerThanItsPlace = (part: HTMLElement): boolean => {
      let place = part.parentElement;
      while (place && getComputedStyle(place).overflowY === 'visible') place = place.parentElement;
      return place !== null && part.offsetHeight > place.clientHeight;
    };
    /** How far the first line of a label is from the middle of what it names, where that stands beside it. */
    const offItsField = (label: HTMLLabelElement): number => {
      const line = document.createRange();
      line.selectNodeContents(label);
      const [words] = line.getClientRects();
      const field = label.control?.getBoundingClientRect();
      if (!words || !field || label.contains(label.control) || words.right > field.left) return 0;
      return Math.abs(words.top + words.bottom - field.top - field.bottom) / 2;
    };
    const faultOf = (part: HTMLElement): string | null => {
      const { overflowX, textOverflow, outlineStyle } = getComputedStyle(part);
      if (outlineStyle !== 'none' && isLongerThanItsPlace(part))
        return 'has a ring that is cut off';
      const wide = part.clientWidth > 0 && part.scrollWidth > part.clientWidth + 1;
      const box = part.getBoundingClientRect();
      if (wide && textOverflow === 'ellipsis') {
        const whole = part.closest<HTMLElement>('[title]')?.title ?? '';
        const told = whole.includes(part.textContent ?? '') || part.closest(rules.HINTED);
        return told ? null : 'is cut and nowhere whole';
      }
      if (wide && overflowX !== 'visible' && !part.closest(rules.SIDEWAYS)) return 'is cut';
      if (wide && part.matches('header, main, aside, nav, footer, .menu, [role*="dialog"]')) {
        if (!part.closest(rules.SIDEWAYS)) return 'is wider than its place';
      }
      if (part.matches('[role="menu"], [role*="dialog"]') && outside(box))
        return 'lies outside of the window';
      const off = part instanceof HTMLLabelElement ? offItsField(part) : 0;
      if (off > rules.MOST_OFF) return `stands ${Math.round(off)} px off its field`;
      if (!part.matches(TARGETS) || part.ariaHidden === 'true') return null;
      const { width, height } = (part.closest('label') ?? part).getBoundingClientRect();
      if (Math.min(width, height) < rules.SMALLEST_TARGET)
        return `is ${Math.round(width)} × ${Math.round(height)} small`;
      return !part.closest(rules.SIDEWAYS) && outside(box, scrolls(part)) ? 'lies outside' : null;
    };
    const outside = ({ left, right, top, bottom }: DOMRect, above = false) =>
      left < -1 || right > clientWidth + 1 || (!above && (top < -1 || bottom > clientHeight + 1));
    const scrolls = (part: Element | null): boolean =>
      part !== null &&
      (['auto', 'scroll'].includes(getComputedStyle(part).overflowY) ||
        scrolls(part.parentElement));
    const longLine = (part: HTMLElement): string | null => {
      if (part.closest(rules.AS_WRITTEN)) return null;
      for (const child of part.childNodes) {
        if (child.nodeType !== Node.TEXT_NODE) continue;
        const range = document.createRange();
        range.selectNodeContents(child);
        const [longest] = [...range.getClientRects()]
          .map(({ width }) => width)
          .sort((a, b) => b - a);
        if (longest && longest > rules.LONGEST_LINE)
          return `has lines of ${Math.round(longest)} px`;
      }
      return null;
    };
    const TARGETS =
      'button, input, select, summary, a, [role="menuitem"], [role="tab"], [role="switch"], [role="menuitemcheckbox"]';
    return seen.flatMap((part) => {
      const fault = faultOf(part) ?? longLine(part);
      return fault === null ? [] : [`${nameOf(part)} ${fault}`];
    });
  }, rules);
}

/** What moves by itself though the artist asked for no motion. */
export async function moving(window: Page): Promise<readonly string[]> {
  return window.evaluate(() =>
    document
      .getAnimations()
      .filter(({ playState }) => playState === 'running')
      .map(({ effect }) => `${(effect as KeyframeEffect).target?.className} moves`),
  );
}
