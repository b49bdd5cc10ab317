import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { Guard } from './guard.tsx';
import './style.css';
import './views.css';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
createRoot(root).render(
  <StrictMode>
    <Guard of="page">
      <App />
    </Guard>
  </StrictMode>,
);
