import { CSPProvider } from '@base-ui/react/csp-provider';
import type { BatchPhase } from '../shared/view.ts';
import './App.css';
import { Dialogs } from './rooms/Dialogs.tsx';
import { DropTarget } from './rooms/DropTarget.tsx';
import { EmptyRoom } from './rooms/EmptyRoom.tsx';
import { FinishedRoom } from './rooms/FinishedRoom.tsx';
import { FooterBar } from './rooms/FooterBar.tsx';
import { Header } from './rooms/Header.tsx';
import { Inspector } from './rooms/Inspector.tsx';
import { JobTable } from './rooms/JobTable.tsx';
import { Lanes } from './rooms/Lanes.tsx';
import { Notices } from './rooms/Notices.tsx';
import { PowerDialog } from './rooms/PowerDialog.tsx';
import { ProblemsBar } from './rooms/ProblemsBar.tsx';
import { ReadingRoom } from './rooms/ReadingRoom.tsx';
import { ResumeRoom } from './rooms/ResumeRoom.tsx';
import { Sidebar } from './rooms/Sidebar.tsx';
import { StripHint } from './rooms/StripHint.tsx';
import { useRemembered, useView } from './store/batch-store.ts';
import { useUi } from './store/ui-store.ts';
import { titleText } from './text/batch-text.ts';
import { HintProvider } from './ui/Hint.tsx';
import { useTitle } from './ui/use-title.ts';

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
        <PowerDialog />
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
      <Lanes lanes={view.lanes} pool={view.pool} />
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
