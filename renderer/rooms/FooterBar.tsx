import type { BatchView } from '../../shared/view.ts';
import { useLibrary } from '../store/library-store.ts';
import { counted, memory } from '../text/format.ts';
import './FooterBar.css';

/** What this batch renders with. */
export function FooterBar({ view }: { readonly view: BatchView }) {
  const info = useLibrary((state) => state.info);
  return (
    <footer className="footer-bar">
      <span>{view.blender ? `Blender ${view.blender.version}` : 'No Blender found'}</span>
      {view.workers > 0 && <span>{counted(view.workers, 'worker')}</span>}
      {info && (
        <span>
          {counted(info.cores, 'core')} · {memory(info.memoryMb)}
        </span>
      )}
      {view.trust === 'trusted' && <span>Folder trusted</span>}
      {view.trust === 'untrusted' && <span>Folder not trusted</span>}
    </footer>
  );
}
