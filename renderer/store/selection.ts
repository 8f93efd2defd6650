/** What is selected in the table, or among the frames of a shot. `active` has the keyboard, `anchor` is where a range began. */
export interface Selection<Id = string> {
  readonly ids: ReadonlySet<Id>;
  readonly active: Id | null;
  readonly anchor: Id | null;
}

export const NOTHING_SELECTED: Selection<never> = { ids: new Set(), active: null, anchor: null };

export interface Modifiers {
  readonly shift: boolean;
  readonly ctrl: boolean;
}

/** A click or arrow on a row: alone it selects one, with ctrl it toggles, with shift it spans. */
export function selected<Id>(
  selection: Selection<Id>,
  order: readonly Id[],
  id: Id,
  { shift, ctrl }: Modifiers,
): Selection<Id> {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  if (shift && from >= 0) {
    const to = order.indexOf(id);
    const span = order.slice(Math.min(from, to), Math.max(from, to) + 1);
    const ids = ctrl ? new Set([...selection.ids, ...span]) : new Set(span);
    return { ids, active: id, anchor: selection.anchor };
  }
  if (!ctrl) return { ids: new Set([id]), active: id, anchor: id };
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, active: id, anchor: id };
}

/** The row that a key moves to, `null` for other keys. `page`: rows that fit on the screen. */
export function moveTarget(
  key: string,
  order: readonly string[],
  active: string | null,
  page: number,
): string | null {
  const step = STEPS[key]?.(page, order.length);
  if (step === undefined || order.length === 0) return null;
  const at = active === null ? -1 : order.indexOf(active);
  const from = at < 0 ? (step > 0 ? -1 : order.length) : at;
  const to = at < 0 && Math.abs(step) === 1 ? (step > 0 ? 0 : order.length - 1) : from + step;
  return order[Math.min(order.length - 1, Math.max(0, to))] ?? null;
}

const STEPS: Readonly<Record<string, (page: number, all: number) => number>> = {
  ArrowDown: () => 1,
  ArrowUp: () => -1,
  PageDown: (page) => page,
  PageUp: (page) => -page,
  Home: (_page, all) => -all,
  End: (_page, all) => all,
};
