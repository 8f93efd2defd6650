import { Tabs } from '@base-ui/react/tabs';
import { X } from 'lucide-react';
import { closeInspector } from '../actions/ui-actions.ts';
import { useDetail, useRow } from '../store/batch-store.ts';
import { TABS, type Tab, useUi } from '../store/ui-store.ts';
import { IconButton } from '../ui/Button.tsx';
import { FramesTab } from './FramesTab.tsx';
import './Inspector.css';
import { useFreshDetail } from '../player/use-fresh-detail.ts';
import { Name } from '../ui/Name.tsx';
import { LogTab } from './LogTab.tsx';
import { OlderFrames } from './OlderFrames.tsx';
import { ProblemsTab } from './ProblemsTab.tsx';
import { SetupTab } from './SetupTab.tsx';

/** Everything about the shot that has the keyboard in the table. */
export function Inspector() {
  const tab = useUi((state) => state.tab);
  const jobId = useUi((state) => state.selection.active);
  const row = useRow(jobId ?? '');
  const detail = useDetail((state) => (state.detail?.jobId === jobId ? state.detail : null));
  useFreshDetail(jobId);
  return (
    <Tabs.Root
      className="inspector"
      value={tab}
      onValueChange={(value: Tab) => useUi.setState({ tab: value })}
      render={<aside aria-label="Inspector" />}
    >
      <div className="inspector-head">
        <Tabs.List className="tabs" aria-label="About the shot">
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each} className="tab">
              {each}
              {each === 'Problems' && row && row.problems > 0 && (
                <span className="tab-count">{row.problems}</span>
              )}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <IconButton label="Close the inspector" onClick={closeInspector}>
          <X size={15} aria-hidden="true" />
        </IconButton>
      </div>
      {row && (
        <h2 className="inspector-name">
          <Name>{row.name}</Name>
        </h2>
      )}
      {row && detail && <OlderFrames row={row} detail={detail} />}
      {TABS.map((each) => (
        <Tabs.Panel key={each} value={each} className="tab-panel">
          {!row && (
            <p className="inspector-empty">Choose a shot to see its frames, log and set-up.</p>
          )}
          {row && each === 'Log' && <LogTab jobId={row.id} />}
          {row && detail && each === 'Frames' && <FramesTab row={row} detail={detail} />}
          {row && detail && each === 'Set-up' && <SetupTab row={row} detail={detail} />}
          {row && detail && each === 'Problems' && <ProblemsTab row={row} detail={detail} />}
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
