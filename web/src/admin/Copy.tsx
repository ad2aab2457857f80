import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

interface CopyProps {
  value: string;
  size?: 'xs' | 'sm';
  /** What the button says; that it copies, unless given. */
  words?: string;
  /** What is copied, for those who do not see what stands beside it. */
  label?: string;
}

/** Puts something into the clipboard, and says so. */
export function Copy({ value, size = 'xs', words, label }: CopyProps) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Button
          size={size}
          variant="default"
          leftSection={
            copied ? <IconCheck size={16} aria-hidden="true" /> : <IconCopy size={16} aria-hidden="true" />
          }
          onClick={copy}
        >
          {copied ? t('admin.copied') : (words ?? t('admin.copy'))}
          {label !== undefined && <span className="hidden-text">: {label}</span>}
        </Button>
      )}
    </CopyButton>
  );
}
