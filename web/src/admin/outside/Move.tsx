import { ActionIcon } from '@mantine/core';
import type { ReactNode } from 'react';

interface MoveProps {
  label: string;
  isEnd: boolean;
  onMove: () => void;
  children: ReactNode;
}

/** A button that keeps the keyboard's focus at the end of the way. */
export function Move({ label, isEnd, onMove, children }: MoveProps) {
  return (
    <ActionIcon
      variant="subtle"
      size={36}
      aria-label={label}
      aria-disabled={isEnd}
      style={{ opacity: isEnd ? 0.35 : 1, cursor: isEnd ? 'default' : 'pointer' }}
      onClick={() => {
        if (!isEnd) onMove();
      }}
    >
      {children}
    </ActionIcon>
  );
}
