import { create } from 'zustand';

/** A cell of the frame strip of a shot in the table. */
export interface StripPlace {
  readonly jobId: string;
  /** From 0. */
  readonly cell: number;
  /** Where it is in the window, pixels. */
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

interface StripHint {
  /** What the pointer is on; `null`: on no strip. */
  readonly pointed: StripPlace | null;
  /** What is told about it, once that is known. */
  readonly told: (StripPlace & { readonly text: string }) | null;
}

/** What is told about the cell under the pointer. */
export const useStripHint = create<StripHint>(() => ({ pointed: null, told: null }));

/** The cell of a strip that the pointer is on. @param x pixels, as `left` and `width` */
export function cellAt(x: number, left: number, width: number, cells: number): number {
  return Math.min(cells - 1, Math.max(0, Math.floor(((x - left) / width) * cells)));
}

/** The element that tells it. */
export const STRIP_HINT_ID = 'strip-hint';
