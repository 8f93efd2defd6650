import { useEffect } from 'react';

/** What the taskbar and the window switcher show. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}
