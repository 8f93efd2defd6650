import type { Page } from '@playwright/test';
import { shutOut } from './axe.ts';
import { misfits, moving } from './fit.ts';
import { app } from './story.ts';

const SIZES: readonly (readonly [string, number, number, number])[] = [
  ['1280×800', 1280, 800, 1],
  ['1280×800 and 200 %', 1280, 800, 2],
  ['4K', 3840, 2160, 1],
];
const USUAL = [1440, 900, 1] as const;

/** Looks at one room after the other for an artist with other eyes, hands or screens, and notes what is wrong. */
export class Survey {
  readonly #found = new Map<string, string[]>();

  /** Each fault once, with where it is. */
  get faults(): readonly string[] {
    return [...this.#found].map(([fault, places]) => `${fault} (${places.join(', ')})`);
  }

  /** @param room for the note; what the window shows has to stand still meanwhile */
  async look(room: string): Promise<void> {
    const { window } = app;
    this.#note(room, await shutOut(window));
    this.#note(room, await moving(window));
    for (const [size, width, height, zoom] of SIZES) {
      await app.resize(width, height, zoom);
      this.#note(`${room} at ${size}`, await misfitsThatStay(window));
      await keep(`${room} ${size}`);
    }
    await app.resize(...USUAL);
  }

  #note(place: string, faults: readonly string[]): void {
    for (const fault of faults) {
      const places = this.#found.get(fault) ?? [];
      this.#found.set(fault, [...places, place]);
    }
  }
}

/** What measures itself, such as the table under a menu, is laid out some pictures later where the computer is busy. */
async function misfitsThatStay(window: Page): Promise<readonly string[]> {
  let found = await misfits(window);
  for (let looks = 0; looks < MOST_LOOKS && found.length > 0; looks += 1) {
    await app.nextPicture();
    found = await misfits(window);
  }
  return found;
}

const MOST_LOOKS = 30;

/** For a person to judge, where a folder for them is named. */
async function keep(name: string): Promise<void> {
  const folder = process.env.NIGHTSHIFT_SHOTS;
  if (!folder) return;
  await app.window.screenshot({ path: `${folder}/${name.replaceAll(/[^\w%×]+/g, '-')}.png` });
}
