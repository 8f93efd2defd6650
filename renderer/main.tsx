import '@fontsource-variable/inter/wght.css';
import './ui/tokens.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { connect, rememberInspector } from './actions/connect.ts';
import { keepAltFromMenuBar, listenToShortcuts } from './actions/shortcuts.ts';
import { rememberHiddenOffers } from './header/MoreShotsLine.tsx';
import { rememberColumns } from './table/shown-columns.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
connect();
rememberColumns();
rememberHiddenOffers();
rememberInspector();
listenToShortcuts();
keepAltFromMenuBar();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
