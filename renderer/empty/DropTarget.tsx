import { useEffect, useState } from 'react';
import { openFolder } from '../actions/batch-actions.ts';
import { notify } from '../actions/ui-actions.ts';
import { pathOf } from '../api.ts';
import { Moon } from '../ui/Moon.tsx';
import './DropTarget.css';

/** The whole window takes folders; while one hovers over it, it says so. */
export function DropTarget() {
  const [over, setOver] = useState(false);
  useEffect(() => listenToDrops(setOver), []);
  if (!over) return null;
  return (
    <div className="drop-veil" aria-hidden="true">
      <div className="drop-frame">
        <Moon size={38} />
        <p className="drop-words">Drop to open these shots</p>
      </div>
    </div>
  );
}

function listenToDrops(setOver: (over: boolean) => void): () => void {
  // Entering a child is told before leaving its parent, so entries are counted.
  let depth = 0;
  const taken = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  const handlers = {
    dragenter: (event: DragEvent) => {
      if (!taken(event)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    },
    dragover: (event: DragEvent) => {
      if (!taken(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    },
    dragleave: (event: DragEvent) => {
      if (!taken(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    },
    drop: (event: DragEvent) => {
      if (!taken(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      void openDropped([...(event.dataTransfer?.files ?? [])]);
    },
  };
  const entries = Object.entries(handlers) as [keyof typeof handlers, (e: DragEvent) => void][];
  for (const [name, handler] of entries) window.addEventListener(name, handler);
  return () => {
    for (const [name, handler] of entries) window.removeEventListener(name, handler);
  };
}

/** Opens one after the other; the last one stays on the screen. */
async function openDropped(files: readonly File[]): Promise<void> {
  const paths = files.map(pathOf).filter((path) => path !== '');
  if (paths.length === 0) {
    notify('That is not a folder on this computer. Drop a folder of shots, or a shot file.', true);
  }
  for (const path of paths) await openFolder(path);
}
