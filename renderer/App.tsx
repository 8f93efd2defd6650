import { CSPProvider } from '@base-ui/react/csp-provider';
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
import { ProblemsBar } from './rooms/ProblemsBar.tsx';
import { ResumeRoom } from './rooms/ResumeRoom.tsx';
import { Sidebar } from './rooms/Sidebar.tsx';
import { useView } from './store/batch-store.ts';
import { useUi } from './store/ui-store.ts';
import { titleText } from './text/batch-text.ts';
import { HintProvider } from './ui/Hint.tsx';
import { useTitle } from './ui/use-title.ts';

export function App() {
  const inspector = useUi((state) => state.inspector);
  const view = useView();
  useTitle(titleText(view));
  return (
    <CSPProvider disableStyleElements>
      <HintProvider>
        <div className="app">
          <Sidebar />
          <main className="centre">
            <Centre />
          </main>
          {view && inspector && <Inspector />}
        </div>
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
  const cardClosed = useUi((state) => state.cardClosed);
  if (!view) return <EmptyRoom />;
  if (view.phase === 'interrupted' && view.resume && !cardClosed)
    return <ResumeRoom view={view} card={view.resume} />;
  const finished = view.phase === 'completed' || view.phase === 'failed';
  return (
    <>
      {finished ? <FinishedRoom view={view} /> : <Header view={view} />}
      <Lanes lanes={view.lanes} />
      <ProblemsBar view={view} />
      <JobTable />
      <FooterBar view={view} />
    </>
  );
}
