import { useEffect, useState } from 'react';
import { openFiles, openFolder } from '../actions/batch-actions.ts';
import { notify } from '../actions/ui-actions.ts';
import { pathOf } from '../api.ts';
import { Moon } from '../ui/Moon.tsx';
import './DropTarget.css';

/** The whole window takes folders and scenes; while one hovers over it, it says so. */
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
  const handlers = {
    dragenter: () => {
      depth += 1;
    },
    dragover: ({ dataTransfer }: DragEvent) => {
      if (dataTransfer) dataTransfer.dropEffect = 'copy';
    },
    dragleave: () => {
      depth = Math.max(0, depth - 1);
    },
    drop: ({ dataTransfer }: DragEvent) => {
      depth = 0;
      void openDropped([...(dataTransfer?.files ?? [])]);
    },
  };
  const listening = new AbortController();
  for (const [name, handler] of Object.entries(handlers)) {
    const onDrag = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      handler(event);
      setOver(depth > 0);
    };
    window.addEventListener(name as keyof typeof handlers, onDrag, { signal: listening.signal });
  }
  return () => listening.abort();
}

/** Opens one after the other, scenes as one batch of just these; the last one stays on the screen. */
async function openDropped(files: readonly File[]): Promise<void> {
  const paths = files.map(pathOf).filter((path) => path !== '');
  if (paths.length === 0) {
    notify('That is not a folder on this computer. Drop a folder of shots, or scenes.', true);
  }
  const scenes = paths.filter((path) => /\.blend$/i.test(path));
  for (const path of paths) if (!scenes.includes(path)) await openFolder(path);
  if (scenes.length > 0) await openFiles(scenes);
}
