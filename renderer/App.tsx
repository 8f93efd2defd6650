import { CSPProvider } from '@base-ui/react/csp-provider';
import type { BatchPhase } from '../shared/view.ts';
import './App.css';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { dismiss, leaveSoon, leaveWhenRead } from './actions/ui-actions.ts';
import { Dialogs } from './dialogs/Dialogs.tsx';
import { DropTarget } from './empty/DropTarget.tsx';
import { EmptyRoom } from './empty/Empty.tsx';
import { FooterBar } from './header/FooterBar.tsx';
import { Header } from './header/Header.tsx';
import { ProblemsBar } from './header/ProblemsBar.tsx';
import { Inspector } from './inspector/Inspector.tsx';
import { Lanes } from './lanes/Lanes.tsx';
import { FinishedRoom } from './morning/Morning.tsx';
import { ReadingRoom, ResumeRoom } from './resume/ResumeCard.tsx';
import { Sidebar } from './sidebar/Sidebar.tsx';
import { useRemembered, useView } from './store/batch-store.ts';
import { type Notice, useUi } from './store/ui-store.ts';
import { JobTable } from './table/JobTable.tsx';
import { StripHint } from './table/StripHint.tsx';
import { titleText } from './text/batch-text.ts';
import { IconButton } from './ui/Button.tsx';
import { HintProvider } from './ui/Hint.tsx';
import { Sign } from './ui/StatusIcon.tsx';

export function App() {
  const inspector = useUi((state) => state.inspector);
  const view = useView();
  const interrupted = useResumeCard();
  const remembered = useRemembered();
  useTitle(titleText(view));
  return (
    <CSPProvider disableStyleElements>
      <HintProvider>
        <div className="app">
          <Sidebar />
          <main className="centre">
            <Centre />
          </main>
          {view && inspector && !interrupted && !remembered && <Inspector />}
        </div>
        <StripHint />
        <DropTarget />
        <Dialogs />
        <Notices />
      </HintProvider>
    </CSPProvider>
  );
}

/** The empty window, the resume card, or the batch. */
function Centre() {
  const view = useView();
  const card = useResumeCard();
  const remembered = useRemembered();
  const closed = useUi((state) => state.cardClosed);
  if (!view) return <EmptyRoom />;
  if (remembered && !closed) return <ReadingRoom view={view} />;
  if (card) return <ResumeRoom view={view} card={card} />;
  if (MORNING.has(view.phase)) {
    return (
      <>
        <FinishedRoom view={view} />
        <FooterBar view={view} />
      </>
    );
  }
  return (
    <>
      <Header view={view} />
      <Lanes lanes={view.lanes} pool={view.pool} chosen={view.chosen} />
      <ProblemsBar view={view} />
      <JobTable />
      <FooterBar view={view} />
    </>
  );
}

/** The night is over, or as far as it was to go. */
const MORNING: ReadonlySet<BatchPhase> = new Set(['completed', 'partial', 'failed', 'cancelled']);

/** What was interrupted, until it is resumed or the artist asked to see the shots. */
function useResumeCard() {
  const view = useView();
  const closed = useUi((state) => state.cardClosed);
  return view?.phase === 'interrupted' && !closed ? view.resume : null;
}

/** What the taskbar and the window switcher show. */
function useTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}

/** Sentences in a corner, read aloud as they come. */
function Notices() {
  const notices = useUi((state) => state.notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function NoticeLine({ notice: { id, text, bad, waits } }: { readonly notice: Notice }) {
  const [held, setHeld] = useState(false);
  // Who points at it reads it.
  useEffect(() => {
    if (held) return;
    return waits ? leaveWhenRead(id, window) : leaveSoon(id);
  }, [id, waits, held]);
  return (
    <div
      className="notice floating"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
    >
      {bad && <Sign kind="failed" />}
      <p className="notice-text selectable">{text}</p>
      <IconButton label="Dismiss" onClick={() => dismiss(id)}>
        <X size={14} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
