import { Button, Loader } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../ui/Empty.tsx';
import { useErrorWords } from '../ui/errors.ts';

/** What a list needs to know of its query. */
export interface ListQuery {
  data?: unknown;
  isPending: boolean;
  isError: boolean;
  isFetching: boolean;
  error: Error | null;
  refetch: () => Promise<unknown>;
}

/** What stands in a table's place while there is nothing to show. */
export function ListState({ query }: { query: ListQuery }) {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  if (query.isPending) {
    return (
      <Loader
        role="status"
        type="dots"
        aria-label={t('app.loading')}
        style={{ display: 'block', margin: '48px auto' }}
      />
    );
  }
  if (query.error === null || query.data !== undefined) return null;
  return (
    <Empty
      icon={<IconPlugConnectedX />}
      title={t('admin.failed')}
      text={errorWords(query.error)}
      action={
        <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
          {t('app.retry')}
        </Button>
      }
    />
  );
}
