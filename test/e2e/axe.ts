import type { Page } from '@playwright/test';
import axe from 'axe-core';

const THEMES = ['dark', 'light'] as const;

/** What axe finds wrong with what the window shows, in both themes: a line for each, with its place. */
export async function shutOut(window: Page): Promise<readonly string[]> {
  await window.evaluate(axe.source);
  const before = await window.evaluate(() => document.documentElement.dataset.theme ?? '');
  const found: string[] = [];
  for (const theme of THEMES) {
    await showTheme(window, theme);
    // Everything else is the same in each of them.
    const rules = theme === THEMES[0] ? null : ['color-contrast'];
    const faults = await window.evaluate(async (only) => {
      const { axe } = globalThis as unknown as { axe: Axe };
      const { violations } = await axe.run(document, {
        resultTypes: ['violations'],
        // It would fetch style sheets for rules about turned screens.
        preload: false,
        ...(only ? { runOnly: only } : { rules: { 'target-size': { enabled: true } } }),
      });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(
          ({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`,
        ),
      );
    }, rules);
    found.push(...faults.map((fault) => `${theme}: ${fault}`));
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
