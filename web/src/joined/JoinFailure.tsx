import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';

/** Why two calls could not become one; nothing while nobody has tried. */
export function JoinFailure({ error }: { error: Error | null }) {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  if (error === null) return null;
  return (
    <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
      {t('joined.failed')} {errorWords(error)}
    </Notice>
  );
}
