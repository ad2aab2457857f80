import { useRef } from 'react';
import classes from './Keys.module.css';

const KEYS = [
  ['1', ''],
  ['2', 'ABC'],
  ['3', 'DEF'],
  ['4', 'GHI'],
  ['5', 'JKL'],
  ['6', 'MNO'],
  ['7', 'PQRS'],
  ['8', 'TUV'],
  ['9', 'WXYZ'],
  ['*', ''],
  ['0', '+'],
  ['#', ''],
] as const;

/** How long 0 is held to mean +, in milliseconds. */
const LONG_PRESS_MS = 500;

interface KeysProps {
  onKey: (key: string) => void;
  /** Whether holding 0 writes +. */
  longZero?: boolean;
}

/** The twelve keys of a telephone. */
export function Keys({ onKey, longZero = false }: KeysProps) {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const held = useRef(false);
  const press = (key: string) => {
    held.current = false;
    if (key !== '0' || !longZero) return;
    timer.current = setTimeout(() => {
      held.current = true;
      onKey('+');
    }, LONG_PRESS_MS);
  };
  const release = () => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
  };
  const click = (key: string) => {
    // The click that ends a long press was the + already.
    if (!held.current) onKey(key);
    held.current = false;
  };
  return (
    <div className={classes.keys}>
      {KEYS.map(([key, letters]) => (
        <button
          key={key}
          type="button"
          className={classes.key}
          onPointerDown={() => press(key)}
          onPointerUp={release}
          onPointerLeave={release}
          onContextMenu={(event) => event.preventDefault()}
          onClick={() => click(key)}
        >
          <span className={classes.digit}>{key === '*' ? <Star /> : key}</span>
          <span className={classes.letters} aria-hidden="true">
            {key === '0' && !longZero ? '' : letters}
          </span>
        </button>
      ))}
    </div>
  );
}

/** The star as keys show it, in the middle of the line; read out as the plain one. */
function Star() {
  return (
    <>
      <span aria-hidden="true">∗</span>
      <span className="hidden-text">*</span>
    </>
  );
}
