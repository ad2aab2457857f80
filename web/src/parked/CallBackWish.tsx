import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconPhoneCalling } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../backend.ts';
import { useCallBacks } from '../joined/queries.ts';
import { useDirectory } from '../people/directory.ts';
import type { Ended } from '../phone/calls.ts';
import { useErrorWords } from '../ui/errors.ts';
import classes from './Parked.module.css';

/** After a call that found nobody free: be called when they are. Only for colleagues. */
export function CallBackWish({ call: { party, direction, reason } }: { call: Ended }) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const { byNumber } = useDirectory();
  const errorWords = useErrorWords();
  const isWished = useCallBacks().some(({ number }) => number === party.number);
  const wish = useMutation({ mutationFn: () => api.wantCallBack(party.number) });
  const person = byNumber(party.number);
  const isFree = reason.because !== 'busy' && reason.because !== 'no_answer';
  if (person === undefined || direction !== 'outgoing' || isFree) return null;
  if (isWished) return <p className={classes.wished}>{t('parked.wished', { name: person.name })}</p>;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPhoneCalling size={18} aria-hidden="true" />}
        loading={wish.isPending}
        onClick={() => wish.mutate()}
      >
        {t('parked.wish')}
      </Button>
      {wish.error !== null && (
        <p role="alert" className={classes.failed}>
          {errorWords(wish.error)}
        </p>
      )}
    </>
  );
}
