import { chooseFolder, openSamples } from '../actions/batch-actions.ts';
import { openSettings } from '../actions/settings-actions.ts';
import { chosenBlender, useLibrary } from '../store/library-store.ts';
import { counted, memory } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { Moon } from '../ui/Moon.tsx';
import { Sign } from '../ui/StatusIcon.tsx';
import './Empty.css';

/** What stands in the window before a folder is open. */
export function EmptyRoom() {
  return (
    <div className="empty-room">
      <div className="drop-target">
        <Moon size={38} />
        <h1 className="empty-title">Drop a shot folder here</h1>
        <p className="empty-text muted">
          Shot files (.yaml) and Blender scenes (.blend), or just the scenes to render. Nothing
          renders until you say so.
        </p>
        <div className="empty-acts">
          <Button look="primary" onClick={() => void chooseFolder()}>
            Choose a folder…
          </Button>
          <Button onClick={() => void openSamples()}>Try the sample shots</Button>
        </div>
        <MachineLine />
      </div>
    </div>
  );
}

/** The Blender found, and what there is to render with. */
function MachineLine() {
  const blenders = useLibrary((state) => state.blenders);
  const blender = useLibrary(chosenBlender);
  const info = useLibrary((state) => state.info);
  const workers = useLibrary((state) => state.settings?.workers ?? 0);
  if (blenders?.found.length === 0) {
    return (
      <p className="machine-line missing">
        <Sign kind="failed" />
        No Blender was found on this computer.
        <Button small onClick={() => void openSettings()}>
          Show where it is…
        </Button>
      </p>
    );
  }
  const parts = [
    blender && `Blender ${blender.version} found`,
    info && (workers > 0 ? counted(workers, 'worker') : counted(info.cores, 'core')),
    info && memory(info.memoryMb),
  ];
  // A non-breaking space keeps the line's height until the main process answers.
  return <p className="machine-line">{parts.filter(Boolean).join(' · ') || '\u00a0'}</p>;
}
