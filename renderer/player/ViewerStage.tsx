import {
  type PointerEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { GROUND, type PictureLayer } from '../../shared/picture.ts';
import { ZONES, zoneStart } from './look.ts';
import { PixelLine } from './PixelLine.tsx';
import { drawSide, type Shown, type Side, type Sight, useSide } from './use-side.ts';
import type { StageHandle } from './viewer-keys.ts';
import { apply, useViewer, wiped } from './viewer-state.ts';
import { fitted, type Point, panned, pointAt, type Size, type Zoom, zoomed } from './zoom.ts';
import './ViewerStage.css';

/** What is shown of one shot. */
export interface Seen {
  readonly shown: Shown;
  readonly label: string;
  /** Pixels of the picture, as far as they are known before it is read. */
  readonly size: Size;
}

interface ViewerStageProps {
  readonly batchId: string;
  readonly a: Seen;
  /** What it is held against. */
  readonly b: Seen | null;
  /** A film plays: small pictures only. */
  readonly small: boolean;
  readonly onState: (state: StageState) => void;
  /** Changes the zoom as keys do. */
  readonly handle: RefObject<StageHandle | null>;
}

/** What has come of the picture so far. */
export interface StageState {
  /** As sharp as the screen shows it. */
  readonly sharp: boolean;
  /** What hinders it. */
  readonly fault: string | null;
  /** What its file holds. */
  readonly layers: readonly PictureLayer[];
  /** Id of the layer that is shown. */
  readonly layer: string;
}

/** Pixels of the screen that a turn of the wheel counts as a doubling. */
const WHEEL_DOUBLE = 400;

/** The picture on a canvas: it is zoomed at the pointer, dragged, shared with another one, and tells its values. */
export function ViewerStage(props: ViewerStageProps) {
  const { batchId, a, b, small, onState, handle } = props;
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const room = useRoom(place);
  const { look, zoom: chosen, layer, compare, wipe, flipped } = useViewer();
  const [pointer, setPointer] = useState<Point | null>(null);
  const [aimed, setAimed] = useState(false);
  const drag = useRef<Point | null>(null);

  const [read, setRead] = useState<{ readonly jobId: string; readonly size: Size } | null>(null);
  const { jobId } = a.shown;
  const size = read?.jobId === jobId ? read.size : a.size;
  const zoom = chosen ?? fitted(size, room);
  const sight: Sight = { layer, zoom, size, canvas: room, small };
  const sideA = useSide(batchId, a.shown, sight, jobId);
  const { width = size.width, height = size.height } = sideA.head ?? {};
  // A border may have cropped it.
  useEffect(() => {
    setRead((now) => {
      const isSame = now?.jobId === jobId && now.size.width === width && now.size.height === height;
      return isSame ? now : { jobId, size: { width, height } };
    });
  }, [jobId, width, height]);
  const sizeB = b?.size ?? size;
  const sightB = { ...sight, size: sizeB, zoom: zoomOf(zoom, size, sizeB) };
  const sideB = useSide(batchId, b?.shown ?? null, sightB, jobId);

  const showsB = b !== null && compare === 'flip' && flipped;
  const shares = b !== null && compare === 'wipe';
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, room.width, room.height);
    if (!showsB) drawSide(context, sideA, sight, look, GROUND);
    if (!shares && !showsB) return;
    context.save();
    context.beginPath();
    const from = shares ? Math.round(wipe * room.width) : 0;
    context.rect(from, 0, room.width - from, room.height);
    context.clip();
    context.clearRect(from, 0, room.width - from, room.height);
    drawSide(context, sideB, sightB, look, GROUND);
    context.restore();
  });

  const fault = sideA.fault ?? sideB.fault;
  const sharp = sideA.sharp && (b === null || sideB.sharp);
  const { layers, head } = sideA;
  const layerNow = head?.layer ?? '';
  const held = layers.map(({ id }) => id).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: layers are told anew where they are others
  useEffect(
    () => onState({ sharp, fault, layers, layer: layerNow }),
    [sharp, fault, held, layerNow, onState],
  );

  const change = (next: Zoom | null) => {
    useViewer.setState({ zoom: next });
    return (next ?? fitted(size, room)).scale;
  };
  const middle = { x: room.width / 2, y: room.height / 2 };
  handle.current = {
    zoomBy: (by) => change(zoomed(zoom, by, middle, size, room)),
    panBy: (x, y) => {
      setAimed(true);
      setPointer(null);
      return change(panned(zoom, { x: x * room.width, y: y * room.height }, size));
    },
    fit: () => change(null),
    oneToOne: () => change(zoomed(zoom, 1 / zoom.scale, pointer ?? middle, size, room)),
  };

  useWheel(canvas, (event) => {
    const at = onCanvas(event);
    const by = 2 ** (-event.deltaY / WHEEL_DOUBLE);
    change(zoomed(zoom, by, at, size, room));
  });
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 && event.button !== 1) return;
    drag.current = onCanvas(event.nativeEvent);
    (event.target as Element).setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent) => {
    const at = onCanvas(event.nativeEvent);
    setAimed(false);
    setPointer(at);
    if (!drag.current) return;
    change(panned(zoom, { x: at.x - drag.current.x, y: at.y - drag.current.y }, size));
    drag.current = at;
  };
  const looked = pointer ?? (aimed ? middle : null);
  const isB = showsB || (shares && looked !== null && looked.x > wipe * room.width);
  const under =
    isB && b ? { side: sideB, seen: b, zoom: sightB.zoom } : { side: sideA, seen: a, zoom };
  const label = isB && b && showsB ? b.label : a.label;
  const ratio = window.devicePixelRatio;
  return (
    <div className="viewer-stage" ref={place}>
      <canvas
        className="viewer-canvas"
        ref={canvas}
        role="img"
        aria-label={label}
        width={room.width}
        height={room.height}
        style={{ width: room.width / ratio, height: room.height / ratio }}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          drag.current = null;
        }}
        onPointerLeave={() => setPointer(null)}
        onDoubleClick={() => (chosen === null ? handle.current?.oneToOne() : handle.current?.fit())}
      />
      {aimed && !pointer && <span className="viewer-aim" aria-hidden="true" />}
      {b && <span className="viewer-label left">{showsB ? b.label : a.label}</span>}
      {shares && <span className="viewer-label right">{b.label}</span>}
      {shares && <Wipe at={wipe} room={place} />}
      {look.view === 'false' && (
        <Legend range={(isB ? sideB : sideA).range} exposure={look.exposure} />
      )}
      {!small && (
        <PixelLine
          batchId={batchId}
          shown={under.seen.shown}
          side={under.side}
          layer={layer}
          at={looked && pointAt(under.zoom, looked, room)}
        />
      )}
    </div>
  );
}

/** Another picture lies where this one does, however many pixels it has. */
function zoomOf({ scale, centre }: Zoom, size: Size, other: Size): Zoom {
  const by = size.width / other.width;
  return { scale: scale * by, centre: { x: centre.x / by, y: centre.y / by } };
}

/** In pixels of the screen. */
function onCanvas(event: { readonly offsetX: number; readonly offsetY: number }): Point {
  const ratio = window.devicePixelRatio;
  return { x: event.offsetX * ratio, y: event.offsetY * ratio };
}

/** The pixels of the screen that a place has. */
function useRoom(place: RefObject<HTMLElement | null>): Size {
  const [room, setRoom] = useState<Size>({ width: 640, height: 360 });
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => {
      const ratio = window.devicePixelRatio;
      const width = Math.max(1, Math.floor(element.clientWidth * ratio));
      const height = Math.max(1, Math.floor(element.clientHeight * ratio));
      setRoom((now) => (now.width === width && now.height === height ? now : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return room;
}

/** React listens to the wheel without being able to keep the page from scrolling. */
function useWheel(
  element: RefObject<HTMLElement | null>,
  onWheel: (event: WheelEvent) => void,
): void {
  const latest = useRef(onWheel);
  latest.current = onWheel;
  useEffect(() => {
    const turned = (event: WheelEvent) => {
      event.preventDefault();
      latest.current(event);
    };
    const now = element.current;
    now?.addEventListener('wheel', turned, { passive: false });
    return () => now?.removeEventListener('wheel', turned);
  }, [element]);
}

/** The line between two pictures. */
function Wipe({ at, room }: { readonly at: number; readonly room: RefObject<HTMLElement | null> }) {
  const drags = useRef(false);
  return (
    <div
      className="viewer-wipe"
      role="slider"
      tabIndex={0}
      aria-label="Wipe"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * at)}
      aria-keyshortcuts=", ."
      style={{ left: `${100 * at}%` }}
      onPointerDown={(event) => {
        drags.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const box = room.current?.getBoundingClientRect();
        if (drags.current && box) apply(wiped((event.clientX - box.left) / box.width));
      }}
      onPointerUp={() => {
        drags.current = false;
      }}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        apply(wiped(at + by));
      }}
    />
  );
}

/** What the colours of false colour stand for on the side that is looked at; of data its range. */
function Legend({ range, exposure }: Pick<Side, 'range'> & { readonly exposure: number }) {
  return (
    <ul className="viewer-legend" aria-label="False colours">
      {ZONES.map(({ colour, words }, index) => (
        <li key={words}>
          <svg width="12" height="12" aria-hidden="true">
            <rect width="12" height="12" rx="2" fill={`rgb(${colour.join(' ')})`} />
          </svg>
          {range ? `from ${Number(zoneStart(range, index, exposure).toPrecision(3))}` : words}
        </li>
      ))}
    </ul>
  );
}
