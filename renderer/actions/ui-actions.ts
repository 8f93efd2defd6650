import type { CallName, CallPayload, CallResult } from '../../shared/ipc.ts';
import type { BatchView } from '../../shared/view.ts';
import { ask } from '../api.ts';
import { useBatch } from '../store/batch-store.ts';
import { type Modifiers, selected } from '../store/selection.ts';
import { type Dialog, type Notice, type Query, type Tab, useUi } from '../store/ui-store.ts';
import { typeset } from '../text/typeset.ts';

let lastNotice = 0;

/** What the artist has just done is told so long, ms. */
const TOLD_MS = 8000;
/** What waits to be read goes so long after somebody was there, ms. */
const READ_MS = 20_000;

/**
 * Says one sentence in a corner. What went wrong, or was not asked for, stays until somebody has been there to read
 * it, be it the whole night.
 */
export function notify(
  text: string,
  bad = false,
  { of = null, waits = bad }: { readonly of?: CallName | null; readonly waits?: boolean } = {},
): void {
  lastNotice += 1;
  const notice = { id: lastNotice, text: typeset(text), bad, of, waits };
  const others = useUi.getState().notices.filter((each) => each.text !== notice.text);
  useUi.setState({ notices: [...others, notice].slice(-4) });
}

export function dismiss(id: number): void {
  dropNotices((each) => each.id === id);
}

/** Takes away what is true no more. */
export function dropNotices(isOver: (notice: Notice) => boolean): void {
  const { notices } = useUi.getState();
  if (notices.some(isOver)) useUi.setState({ notices: notices.filter((each) => !isOver(each)) });
}

/** Lets a notice go after a moment. Returns how to let it be. */
export function leaveSoon(id: number): () => void {
  const timer = setTimeout(() => dismiss(id), TOLD_MS);
  return () => clearTimeout(timer);
}

/**
 * Lets a notice go some time after the first sign that somebody is there.
 * @param there hears of pointer and keys. Returns how to let it be
 */
export function leaveWhenRead(id: number, there: EventTarget): () => void {
  const about = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const seen = () => {
    about.abort();
    timer = setTimeout(() => dismiss(id), READ_MS);
  };
  for (const sign of ['pointermove', 'pointerdown', 'keydown', 'wheel'])
    there.addEventListener(sign, seen, { signal: about.signal, passive: true });
  return () => {
    about.abort();
    clearTimeout(timer);
  };
}

export function openDialog(dialog: Dialog): void {
  useUi.setState({ dialog });
}

export function closeDialog(): void {
  useUi.setState({ dialog: null });
}

export function setQuery(change: Partial<Query>): void {
  useUi.setState((state) => ({ query: { ...state.query, ...change } }));
}

export function select(id: string, order: readonly string[], modifiers: Modifiers): void {
  useUi.setState((state) => ({ selection: selected(state.selection, order, id, modifiers) }));
}

export function selectAll(order: readonly string[]): void {
  useUi.setState((state) => ({ selection: { ...state.selection, ids: new Set(order) } }));
}

/** Selects shots, with the keyboard on the first of them. */
export function selectAllOf(ids: readonly string[]): void {
  const [first] = ids;
  if (first === undefined) return;
  useUi.setState({ selection: { ids: new Set(ids), active: first, anchor: first } });
}

/** Selects one job and shows it in the inspector. */
export function inspect(id: string, tab?: Tab): void {
  useUi.setState((state) => ({
    selection: { ids: new Set([id]), active: id, anchor: id },
    inspector: true,
    tab: tab ?? state.tab,
  }));
}

/** Opens the inspector on what has the keyboard; as it was left, or on one tab. */
export function openInspector(tab?: Tab): void {
  useUi.setState((state) => ({ inspector: true, tab: tab ?? state.tab }));
}

export function closeInspector(): void {
  useUi.setState({ inspector: false });
}

/** Asks the main process; a refusal becomes a notice and `undefined`. */
export async function askOrNotify<N extends CallName>(
  name: N,
  payload: CallPayload<N>,
): Promise<CallResult<N> | undefined> {
  const answer = await ask(name, payload);
  // What was refused before is answered now, one way or the other.
  dropNotices(({ of }) => of === name);
  if (answer.ok) return answer.value;
  const { message, nextStep } = answer.error;
  notify(nextStep === null ? message : `${message} ${nextStep}`, true, { of: name });
  return undefined;
}

export function currentView(): BatchView | null {
  return useBatch.getState().mirror?.view ?? null;
}

/** The calls that are about one batch. */
type BatchCall = {
  [N in CallName]: CallPayload<N> extends { readonly batchId: string } ? N : never;
}[CallName];

type AboutBatch<N extends BatchCall> = Omit<CallPayload<N>, 'batchId'>;

/** Asks the main process about the batch on the screen; `undefined`: none is, or it refused, which has been told. */
export async function askOfBatch<N extends BatchCall>(
  name: N,
  ...[about]: keyof AboutBatch<N> extends never ? [] : [AboutBatch<N>]
): Promise<CallResult<N> | undefined> {
  const view = currentView();
  return view ? askOrNotify(name, { ...about, batchId: view.id } as CallPayload<N>) : undefined;
}
