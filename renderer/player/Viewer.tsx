import { Dialog } from '@base-ui/react/dialog';
import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { playsAsItIs } from '../../shared/picture.ts';
import type { FrameDetail, JobDetail, JobRow } from '../../shared/view.ts';
import { jobDetail } from '../actions/job-actions.ts';
import { closeDialog, openDialog } from '../actions/ui-actions.ts';
import { ask } from '../api.ts';
import { useBatch, useDetail, useRow, useView } from '../store/batch-store.ts';
import { useUi } from '../store/ui-store.ts';
import { clock } from '../text/format.ts';
import { filmLine, frameLine, noFramesText, whyNoPicture } from '../text/frame-text.ts';
import { IconButton } from '../ui/Button.tsx';
import { Name } from '../ui/Name.tsx';
import { useAnswer } from '../ui/use-answer.ts';
import { cellElementId } from './ContactSheet.tsx';
import { onFilmKey, shownIndex, useChosenFrame, useFrameOf, usePlaying } from './film.ts';
import { needed, reelOf } from './flipbook.ts';
import { Player } from './Player.tsx';
import { filmFrame, filmFrames, useFilm } from './use-film.ts';
import { useFreshDetail } from './use-fresh-detail.ts';
import { ViewerBar } from './ViewerBar.tsx';
import { type Seen, type StageState, ViewerStage } from './ViewerStage.tsx';
import { marked, type StageHandle, viewerKey } from './viewer-keys.ts';
import { type Against, apply, startAnew, useViewer } from './viewer-state.ts';
import './Viewer.css';

/** The frames of a shot in the whole window: one by one or as a film, near or far, and beside others. */
export function Viewer({ jobId }: { readonly jobId: string }) {
  const row = useRow(jobId);
  const detail = useDetail((state) => (state.detail?.jobId === jobId ? state.detail : null));
  useFreshDetail(jobId);
  // The next opening begins anew.
  useEffect(() => startAnew, []);
  // Until the next shot is known, the one before stays.
  const last = useRef<{ readonly row: JobRow; readonly detail: JobDetail } | null>(null);
  if (row && detail) last.current = { row, detail };
  return last.current && <Room {...last.current} />;
}

const NOTHING_YET: StageState = { sharp: false, fault: null, layers: [], layer: '' };

/** Neighbours that are loaded ahead for those who step. */
const NEAR = [0, 1, -1, 2, -2];

function Room({ row, detail }: { readonly row: JobRow; readonly detail: JobDetail }) {
  const batchId = useView()?.id ?? '';
  const [opener] = useState(() => document.activeElement);
  const { frames, fps } = detail;
  const of = `${batchId}/${row.id}`;
  const at = shownIndex(frames, useFrameOf(of), row.newest);
  const film = { of, frames, at };
  const playing = usePlaying(of);
  const buffer = useBuffer(batchId, row, detail, at);
  const stage = useRef<StageHandle>(null);
  const [state, setState] = useState(NOTHING_YET);
  const against = useViewer(({ against }) => against);

  const pictured = usePictured(frames, at, playing, buffer.isReady);
  const a = pictured === null ? null : seenOf(row, frames[pictured]);
  const versions = useVersions(batchId, playing ? null : a);
  const b = useOther(batchId, against, a, pictured ?? at, versions, playing);
  const go = useShots(row.id);
  const picture = filmFrame(frames[pictured ?? at]);
  const marking = picture && { kind: 'marked' as const, jobId: row.id, name: row.name, ...picture };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isOwnKey(event)) return;
    const { layers, layer } = state;
    const about = { stage: stage.current, layers, layer, shown: marking, versions, go };
    const viewing = { ...about, state: useViewer.getState() };
    const change = viewerKey(viewing, event.key, event.shiftKey);
    if (!change) return onFilmKey(event, film);
    event.preventDefault();
    apply(change);
  };
  const shown = frames[at];
  const coming = filmFrame(shown) !== null && !state.sharp && state.fault === null;
  // The focus goes to the frame, or the shot, that one has come to meanwhile.
  const returnTo = () =>
    opener?.closest('.sheet')
      ? document.getElementById(cellElementId(row.id, at))
      : (opener?.closest('.shot-grid')?.querySelector<HTMLElement>(`[data-job="${row.id}"]`) ??
        null);
  return (
    <Lightbox
      title={row.name}
      onKeyDown={onKeyDown}
      returnTo={returnTo}
      tools={
        <ViewerBar
          jobId={row.id}
          name={row.name}
          versions={versions}
          state={state}
          stage={stage}
          onMark={() => marking && apply(marked(marking))}
        />
      }
      go={go}
    >
      <div className="viewer-middle">
        {a ? (
          <ViewerStage
            batchId={batchId}
            a={a}
            b={b}
            small={playing}
            onState={setState}
            handle={stage}
          />
        ) : (
          <p className="viewer-why">{shown ? whyNoPicture(shown) : noFramesText(row)}</p>
        )}
        {shown && (
          <span className="frame-line">
            {playing
              ? filmLine(
                  shown,
                  pictured === null ? null : (frames[pictured]?.frame ?? null),
                  buffer.loaded,
                  buffer.all,
                )
              : `${frameLine(shown)}${coming ? ' · sharper picture to come' : ''}`}
            {a && state.fault && !playing ? ` · ${state.fault}` : ''}
          </span>
        )}
      </div>
      <div className="viewer-foot">
        <Loaded loaded={buffer.loaded} all={buffer.all} />
        <Player batchId={batchId} row={row} film={film} fps={fps} />
      </div>
      <Said />
    </Lightbox>
  );
}

const HINT_MS = 5000;

/** What a key did, for a screen reader. Everybody sees why a key did nothing. */
function Said() {
  const { said, visible } = useViewer();
  useEffect(() => {
    if (!visible) return;
    const timer = setTimeout(() => useViewer.setState({ visible: false }), HINT_MS);
    return () => clearTimeout(timer);
  }, [visible]);
  return (
    <p className={visible ? 'viewer-hint' : 'visually-hidden'} role="status">
      {said}
    </p>
  );
}

/** How much of the film is in memory; nothing where nobody asked for it. */
function Loaded({ loaded, all }: { readonly loaded: number; readonly all: number }) {
  if (all === 0) return <div className="viewer-loaded" />;
  return (
    <div
      className="viewer-loaded"
      role="progressbar"
      aria-label="Loaded for playing"
      aria-valuemin={0}
      aria-valuemax={all}
      aria-valuenow={loaded}
      aria-valuetext={`${loaded} of ${all} frames`}
      title={`${loaded} of ${all} frames loaded`}
    >
      <span style={{ width: `${(100 * loaded) / all}%` }} />
    </div>
  );
}

/** Loads the film: of small and simple frames all of it as soon as the shot is opened, else when it plays. */
function useBuffer(batchId: string, row: JobRow, { frames, opened }: JobDetail, at: number) {
  const film = useFilm(batchId, row.id);
  const playing = usePlaying(`${batchId}/${row.id}`);
  const loop = useChosenFrame((state) => state.loop);
  const reel = reelOf(frames);
  const light = playsAsItIs(opened?.format ?? null, row.width, row.height);
  const all = reel && (playing || light) ? filmFrames(frames, needed(at, reel, loop || light)) : [];
  const near = playing
    ? []
    : filmFrames(
        frames,
        NEAR.map((by) => at + by),
      );
  useEffect(() => film.want([...near, ...all]));
  const isReady = (index: number) => {
    const frame = filmFrame(frames[index]);
    return frame !== null && film.stateOf(frame) === 'ready';
  };
  return { isReady, loaded: film.loaded(all), all: all.length };
}

/** Index of the frame whose picture is shown: while a film plays the last one that was there; `null`: none is. */
function usePictured(
  frames: readonly FrameDetail[],
  at: number,
  playing: boolean,
  isReady: (index: number) => boolean,
): number | null {
  const last = useRef<{ readonly frames: FrameDetail | undefined; readonly at: number } | null>(
    null,
  );
  const has = filmFrame(frames[at]) !== null;
  const held = last.current;
  const isHeld = held !== null && frames[held.at]?.frame === held.frames?.frame;
  if (playing && !(has && isReady(at)) && isHeld) return held.at;
  if (!has) return null;
  last.current = { frames: frames[at], at };
  return at;
}

function seenOf(row: JobRow, detail: FrameDetail | undefined): Seen | null {
  const frame = filmFrame(detail);
  if (!frame) return null;
  const size = { width: row.width ?? 1920, height: row.height ?? 1080 };
  return {
    shown: { jobId: row.id, frame, replacedAt: null },
    label: `Frame ${frame.frame} of ${row.name}`,
    size,
  };
}

/** What a picture is held against: of another shot the frame of the same number, else of the same place. */
function useOther(
  batchId: string,
  against: Against | null,
  a: Seen | null,
  at: number,
  versions: readonly number[],
  playing: boolean,
): Seen | null {
  const jobId = against?.jobId ?? null;
  const row = useRow(jobId ?? '');
  const ofShot = against?.kind === 'shot' ? jobId : null;
  const detail = useAnswer(ofShot, jobDetail, row);
  const film = useFilm(batchId, jobId ?? '');
  const frames = detail?.frames ?? [];
  const same = frames.findIndex((each) => each.frame === a?.shown.frame.frame);
  const place = same >= 0 ? same : Math.min(at, frames.length - 1);
  const ahead = playing ? Array.from({ length: AHEAD }, (_, by) => place + by) : [place];
  useEffect(() => {
    if (against?.kind === 'marked') film.want([against]);
    if (against?.kind === 'shot') film.want(filmFrames(frames, ahead));
  });
  if (!against || !row) return null;
  if (against.kind === 'shot') return seenOf(row, frames[place]);
  if (against.kind === 'before') {
    const replacedAt = versions[against.back];
    if (!a || replacedAt === undefined || a.shown.jobId !== against.jobId) return null;
    const label = `Frame ${a.shown.frame.frame} before ${clock(replacedAt)}`;
    return { ...a, shown: { ...a.shown, replacedAt }, label };
  }
  const { frame, at: doneAt } = against;
  const size = { width: row.width ?? 1920, height: row.height ?? 1080 };
  const shown = { jobId: row.id, frame: { frame, at: doneAt }, replacedAt: null };
  return { shown, label: `Frame ${frame} of ${against.name}`, size };
}

/** When pictures of the frame that is shown were replaced by newer ones; those that are still there. */
function useVersions(batchId: string, a: Seen | null): readonly number[] {
  const name = a && `${a.shown.jobId} ${a.shown.frame.frame} ${a.shown.frame.at}`;
  const answer = useAnswer(name, async () => {
    if (!a) return null;
    const { jobId, frame } = a.shown;
    const found = await ask('frame:versions', { batchId, jobId, frame: frame.frame });
    return found.ok ? found.value : null;
  });
  return answer ?? NO_VERSIONS;
}

const NO_VERSIONS: readonly number[] = [];

const AHEAD = 24;

/** Goes to the shot before or after, as the batch orders them. */
type Go = (by: 1 | -1) => void;

function useShots(jobId: string): Go {
  return (by) => {
    const ids = useBatch.getState().mirror?.ids ?? [];
    const next = ids[ids.indexOf(jobId) + by];
    if (next === undefined) return;
    useChosenFrame.setState({ playing: false });
    useViewer.setState({ zoom: null, layer: '' });
    // It is the one that has the keyboard afterwards, too.
    useUi.setState({ selection: { ids: new Set([next]), active: next, anchor: next } });
    openDialog({ kind: 'preview', jobId: next });
  };
}

/** What has the focus takes its keys itself: fields, lists, and Space and Enter on a button. */
function isOwnKey({ target, key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey || key === 'Tab') return true;
  if (target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLButtonElement) return key === ' ' || key === 'Enter';
  return false;
}

interface LightboxProps {
  readonly title: string;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** Where the focus goes afterwards; `null`: where it was before. */
  readonly returnTo: () => HTMLElement | null;
  readonly tools: ReactNode;
  readonly go: Go;
  readonly children: ReactNode;
}

/** The whole window. Escape and the cross close it. */
function Lightbox({ title, onKeyDown, returnTo, tools, go, children }: LightboxProps) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && closeDialog()}>
      <Dialog.Portal>
        <Dialog.Popup
          ref={popup}
          className="viewer"
          // The keys belong to the whole of it, so no button has the focus first.
          initialFocus={popup}
          finalFocus={() => returnTo() ?? true}
          onKeyDown={onKeyDown}
        >
          <div className="viewer-head">
            <IconButton label="Shot before" aria-keyshortcuts="PageUp" onClick={() => go(-1)}>
              <ChevronUp size={16} aria-hidden="true" />
            </IconButton>
            <IconButton label="Next shot" aria-keyshortcuts="PageDown" onClick={() => go(1)}>
              <ChevronDown size={16} aria-hidden="true" />
            </IconButton>
            <Dialog.Title className="viewer-title">
              <Name>{title}</Name>
            </Dialog.Title>
            {tools}
            <IconButton label="Close the viewer" onClick={closeDialog}>
              <X size={16} aria-hidden="true" />
            </IconButton>
          </div>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
