import { expect } from '@playwright/test';
import type { App } from './app.ts';

/** The tray of an app: no window shows it, so its words and its menu are taken down as they are set. */
export interface TrayWatch {
  readonly tooltip: () => Promise<string>;
  readonly labels: () => Promise<readonly string[]>;
  readonly choose: (label: string) => Promise<void>;
}

interface Seen {
  readonly seen: { readonly tooltip: string; readonly menu: Electron.Menu | null };
}

/** Watches what the tray shows from now on. */
export async function watchTray({ main }: App): Promise<TrayWatch> {
  await main.evaluate(({ Tray, app }) => {
    const seen = { tooltip: '', menu: null as Electron.Menu | null };
    Object.assign(app, { seen });
    const { setToolTip, setContextMenu } = Tray.prototype;
    Tray.prototype.setToolTip = function (text) {
      seen.tooltip = text;
      setToolTip.call(this, text);
    };
    Tray.prototype.setContextMenu = function (menu) {
      seen.menu = menu;
      setContextMenu.call(this, menu);
    };
  });
  const choose = (label: string) =>
    main.evaluate(({ app }, wanted) => {
      const items = (app as unknown as Seen).seen.menu?.items ?? [];
      const item = items.find((each) => each.label === wanted);
      item?.click();
      return item !== undefined;
    }, label);
  return {
    // An answer is lost now and then when the main process cleans up its memory; it is asked again.
    tooltip: () =>
      main.evaluate(({ app }) => (app as unknown as Seen).seen.tooltip).catch(() => ''),
    labels: () =>
      main.evaluate(
        ({ app }) => (app as unknown as Seen).seen.menu?.items.map(({ label }) => label) ?? [],
      ),
    choose: (label) => expect.poll(() => choose(label)).toBe(true),
  };
}
