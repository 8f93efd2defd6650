import { Minus, Plus, SplitSquareHorizontal } from 'lucide-react';
import type { RefObject } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useBatch } from '../store/batch-store.ts';
import { clockWithDay } from '../text/format.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { Choice } from '../ui/Choice.tsx';
import { VIEWS } from './look.ts';
import type { StageState } from './ViewerStage.tsx';
import type { StageHandle } from './viewer-keys.ts';
import {
  type Against,
  againstText,
  apply,
  comparedWith,
  exposed,
  exposureText,
  flipped,
  useViewer,
  viewed,
  WIPE,
} from './viewer-state.ts';

interface ViewerBarProps {
  readonly jobId: string;
  readonly name: string;
  /** When pictures of this frame were replaced by newer ones. */
  readonly versions: readonly number[];
  readonly state: StageState;
  readonly stage: RefObject<StageHandle | null>;
  readonly onMark: () => void;
}

/** How the picture is looked at: layer, view, exposure, what it is held against, zoom. All of it has a key, too. */
export function ViewerBar(props: ViewerBarProps) {
  const { state: stageState, stage, onMark } = props;
  const state = useViewer();
  const { look, against } = state;
  const { layers, layer } = stageState;
  return (
    <div className="viewer-tools" role="toolbar" aria-label="How the picture is shown">
      {layers.length > 1 && (
        <select
          className="input"
          aria-label="Layer"
          aria-keyshortcuts="L"
          title="Layer (L)"
          value={layer}
          onChange={(event) => {
            const chosen = layers.find(({ id }) => id === event.target.value);
            if (chosen) apply({ to: { layer: chosen.id }, said: chosen.name });
          }}
        >
          {layers.map(({ id, name, channels }) => (
            <option key={id} value={id}>
              {`${name} (${channels.join('')})`}
            </option>
          ))}
        </select>
      )}
      <span className="viewer-group">
        <Choice
          aria-label="View"
          value={look.view}
          among={VIEWS}
          onChange={(view) => apply(viewed(state, view))}
        />
      </span>
      <span className="viewer-group">
        <IconButton
          label="Darker (Shift+E)"
          onClick={() => apply(exposed(state, look.exposure - 0.5))}
        >
          <Minus size={14} aria-hidden="true" />
        </IconButton>
        <button
          type="button"
          className="viewer-figure"
          aria-label={`Exposure ${exposureText(look.exposure)}, back to 0`}
          title="Exposure; press for 0 (0)"
          onClick={() => apply(exposed(state, 0))}
        >
          {exposureText(look.exposure)}
        </button>
        <IconButton label="Brighter (E)" onClick={() => apply(exposed(state, look.exposure + 0.5))}>
          <Plus size={14} aria-hidden="true" />
        </IconButton>
      </span>
      <span className="viewer-group">
        <CompareChoice {...props} />
        {against ? (
          <>
            <Button
              small
              look="quiet"
              aria-pressed={state.compare === 'wipe'}
              title="Wipe (W)"
              onClick={() => apply(WIPE)}
            >
              Wipe
            </Button>
            <Button
              small
              look="quiet"
              aria-pressed={state.compare === 'flip' && state.flipped}
              title="Flip (X)"
              onClick={() => apply(flipped(state, against))}
            >
              Flip
            </Button>
          </>
        ) : (
          <IconButton label="Mark this picture for comparing (M)" onClick={onMark}>
            <SplitSquareHorizontal size={15} aria-hidden="true" />
          </IconButton>
        )}
      </span>
      <span className="viewer-group">
        <Button small look="quiet" title="All of it (F)" onClick={() => stage.current?.fit()}>
          Fit
        </Button>
        <Button
          small
          look="quiet"
          title="A pixel is a pixel (1)"
          onClick={() => stage.current?.oneToOne()}
        >
          1:1
        </Button>
      </span>
    </div>
  );
}

/** A longer list nobody reads: marking a picture leads to any shot. */
const MOST_SHOTS = 300;
const NOTHING = '';
const MARKED = 'marked';
const BEFORE = 'before ';

function choiceOf(against: Against): string {
  if (against.kind === 'before') return `${BEFORE}${against.back}`;
  return against.kind === 'marked' ? MARKED : against.jobId;
}

function CompareChoice({
  jobId,
  name,
  versions,
}: Pick<ViewerBarProps, 'jobId' | 'name' | 'versions'>) {
  const { against, marked } = useViewer();
  const shots = useBatch(
    useShallow((state) => {
      const { mirror } = state;
      const ids = (mirror?.ids ?? []).filter((id) => id !== jobId && mirror?.rows.get(id)?.newest);
      return ids.slice(0, MOST_SHOTS);
    }),
  );
  const names = useBatch((state) => state.mirror?.rows);
  const nameOf = (id: string) => names?.get(id)?.name ?? '';
  if (shots.length === 0 && versions.length === 0 && !marked && !against) return null;
  const value = against === null ? NOTHING : choiceOf(against);
  const choose = (chosen: string) => {
    let next: Against | null = null;
    const back = chosen.startsWith(BEFORE) ? Number(chosen.slice(BEFORE.length)) : null;
    if (chosen === MARKED) next = marked;
    else if (back !== null) next = { kind: 'before', jobId, name, back };
    else if (chosen !== NOTHING) next = { kind: 'shot', jobId: chosen, name: nameOf(chosen) };
    apply(comparedWith(next));
  };
  return (
    <select
      className="input"
      aria-label="Compare with"
      value={value}
      onChange={(event) => choose(event.target.value)}
    >
      <option value={NOTHING}>Compare with…</option>
      {versions.map((at, back) => (
        <option key={at} value={`${BEFORE}${back}`}>
          {`This frame before ${clockWithDay(at, Date.now())} `}
        </option>
      ))}
      {marked && <option value={MARKED}>{`${againstText(marked)} (marked)`}</option>}
      {shots.map((id) => (
        <option key={id} value={id}>
          {nameOf(id)}
        </option>
      ))}
    </select>
  );
}
