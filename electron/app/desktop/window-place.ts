import { join } from 'node:path';
import { z } from 'zod';
import { JsonFile } from '../stores/json-file.ts';

export const MIN_WIDTH = 1000;
export const MIN_HEIGHT = 640;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window was when it was closed; `bounds` as it is when not maximised. */
export interface WindowPlace {
  readonly bounds: Rectangle | null;
  readonly maximized: boolean;
}

const schema: z.ZodType<WindowPlace> = z.object({
  bounds: z
    .object({
      x: z.int(),
      y: z.int(),
      width: z.int().min(MIN_WIDTH),
      height: z.int().min(MIN_HEIGHT),
    })
    .nullable(),
  maximized: z.boolean(),
});

export function windowPlaceFile(data: string): JsonFile<WindowPlace> {
  return new JsonFile(join(data, 'window.json'), schema, { bounds: null, maximized: false });
}

/** The remembered bounds if enough of them to grab is on a screen, otherwise `null`. */
export function boundsOnScreen(
  bounds: Rectangle | null,
  screens: readonly Rectangle[],
): Rectangle | null {
  if (!bounds) return null;
  return screens.some((screen) => overlap(bounds, screen) >= GRAB) ? bounds : null;
}

/** Pixels of a title bar that a hand can take hold of. */
const GRAB = 120;

function overlap(bounds: Rectangle, screen: Rectangle): number {
  const right = Math.min(bounds.x + bounds.width, screen.x + screen.width);
  const titleVisible = bounds.y >= screen.y - 8 && bounds.y < screen.y + screen.height - 40;
  return titleVisible ? right - Math.max(bounds.x, screen.x) : 0;
}
