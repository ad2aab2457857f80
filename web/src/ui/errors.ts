import { useTranslation } from 'react-i18next';
import { ServerAway } from '../api/client.ts';

/** A failed request in the person's words. */
export function useErrorWords(): (error: Error) => string {
  const { t } = useTranslation();
  return (error) =>
    error instanceof ServerAway ? t('errors.away') : t('errors.refused', { detail: error.message });
}
