import type { Page } from '@playwright/test';
import axe from 'axe-core';

const THEMES = ['dark', 'light'] as const;

/** What axe finds wrong with what the window shows, in both themes: a line for each, with its place. */
export async function shutOut(window: Page, room: string): Promise<readonly string[]> {
  await window.evaluate(axe.source);
  const before = await window.evaluate(() => document.documentElement.dataset.theme ?? '');
  const found: string[] = [];
  for (const theme of THEMES) {
    await showTheme(window, theme);
    const faults = await window.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: Axe };
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(
          ({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`,
        ),
      );
    });
    found.push(...faults.map((fault) => `${room}, ${theme}: ${fault}`));
  }
  await showTheme(window, before);
  return found;
}

async function showTheme(window: Page, theme: string): Promise<void> {
  await window.evaluate((value) => {
    document.documentElement.dataset.theme = value;
  }, theme);
}

type Axe = Pick<typeof axe, 'run'>;

/**
 * What does not fit the window: it scrolls sideways, or a button of it lies outside. A line for each.
 * What a list of its own scrolls is no fault.
 */
export async function tooWide(window: Page, size: string): Promise<readonly string[]> {
  const faults = await window.evaluate(() => {
    const { documentElement: page } = document;
    const wide = [...document.querySelectorAll('header, main, aside, nav, [role="dialog"]')]
      .filter((part) => part.scrollWidth > part.clientWidth + 1)
      .map((part) => `${part.tagName.toLowerCase()}.${part.className} is wider than its place`);
    const outside = [...document.querySelectorAll('button')]
      .filter(
        (button) => button.checkVisibility() && !button.closest('[data-scrolls], .table-scroll'),
      )
      .filter((button) => {
        const { left, right } = button.getBoundingClientRect();
        return left < -1 || right > page.clientWidth + 1;
      })
      .map((button) => `the button ${button.textContent || button.ariaLabel} lies outside`);
    return [...wide, ...outside];
  });
  return faults.map((fault) => `${size}: ${fault}`);
}
