import '@fontsource-variable/inter/wght.css';
import './ui/tokens.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { keepAltFromMenuBar } from './actions/alt-key.ts';
import { connect } from './actions/connect.ts';
import { rememberColumns } from './actions/remember-columns.ts';
import { rememberInspector } from './actions/remember-inspector.ts';
import { listenToShortcuts } from './actions/shortcuts.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
connect();
rememberColumns();
rememberInspector();
listenToShortcuts();
keepAltFromMenuBar();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
