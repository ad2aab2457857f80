import { Button } from '@mantine/core';
import { IconUsersGroup } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { JoinFailure } from './JoinFailure.tsx';
import { useConfer, useHasConference, type Pair } from './useJoin.ts';

/** Makes a conference of two calls, or brings one into the other where that is one already. */
export function IntoConference({ pair }: { pair: Pair }) {
  const { t } = useTranslation();
  const hasConference = useHasConference(pair);
  const confer = useConfer(pair);
  return (
    <>
      <Button
        style={{ justifySelf: 'center', alignSelf: 'center' }}
        variant="default"
        leftSection={<IconUsersGroup size={19} aria-hidden="true" />}
        disabled={!confer.isPossible}
        loading={confer.isPending}
        onClick={confer.go}
      >
        {hasConference ? t('joined.intoConference') : t('joined.three')}
      </Button>
      <JoinFailure error={confer.error} />
    </>
  );
}
