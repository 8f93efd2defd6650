import type { CallName, CallPayload, CallResult } from '../../shared/ipc.ts';
import type { BatchView } from '../../shared/view.ts';
import { ask } from '../api.ts';
import { useBatch } from '../store/batch-store.ts';
import { type Modifiers, selected } from '../store/selection.ts';
import { type Dialog, type Query, type Tab, useUi } from '../store/ui-store.ts';

let lastNotice = 0;

/** Says one sentence in a corner; a bad one stays until it is put away. */
export function notify(text: string, bad = false): void {
  lastNotice += 1;
  const notice = { id: lastNotice, text, bad };
  const others = useUi.getState().notices.filter((each) => each.text !== text);
  useUi.setState({ notices: [...others, notice].slice(-4) });
  if (!bad) setTimeout(() => dismiss(notice.id), 8000);
}

export function dismiss(id: number): void {
  useUi.setState((state) => ({ notices: state.notices.filter((each) => each.id !== id) }));
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
  if (answer.ok) return answer.value;
  const { message, nextStep } = answer.error;
  notify(nextStep === null ? message : `${message} ${nextStep}`, true);
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
