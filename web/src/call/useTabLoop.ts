import { useEffect, type RefObject } from 'react';

/**
 * Lets Tab come from an open dialog to what lies above it, and back: both are one loop. The dialog's own trap would keep the
 * keyboard inside of it.
 */
export function useTabLoop(above: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const dialog = openDialog();
      if (event.key !== 'Tab' || dialog === null || above.current === null) return;
      const inDialog = tabStops(dialog);
      const stops = [...inDialog, ...tabStops(above.current)];
      const at = stops.findIndex((stop) => stop === document.activeElement);
      if (at < 0) return;
      const next = (at + (event.shiftKey ? -1 : 1) + stops.length) % stops.length;
      // Within either of them, its own rules hold.
      if (at < inDialog.length === next < inDialog.length) return;
      event.preventDefault();
      stops[next]?.focus();
    };
    // Before the trap, which leaves alone what is prevented already.
    document.addEventListener('keydown', onKeyDown, { capture: true });
    return () => {
      document.removeEventListener('keydown', onKeyDown, { capture: true });
      // The keyboard does not get lost behind the dialog with the button that it was on.
      const dialog = openDialog();
      if (dialog !== null && document.activeElement === document.body) tabStops(dialog)[0]?.focus();
    };
  }, [above]);
}

function openDialog(): HTMLElement | null {
  return [...document.querySelectorAll<HTMLElement>('[role="dialog"][aria-modal="true"]')].at(-1) ?? null;
}

function tabStops(element: HTMLElement): HTMLElement[] {
  const found = element.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, [tabindex]');
  return [...found].filter((each) => each.tabIndex >= 0 && !each.matches(':disabled'));
}
