import { Button, UnstyledButton } from '@mantine/core';
import { IconArrowsExchange, IconArrowsJoin } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { usePhone } from '../backend.ts';
import { Progress } from '../call/Progress.tsx';
import { useDirectory } from '../people/directory.ts';
import { Face } from '../ui/Face.tsx';
import { IntoConference } from './IntoConference.tsx';
import { JoinFailure } from './JoinFailure.tsx';
import classes from './TwoCalls.module.css';
import { useConnect, useHasConference, type Pair } from './useJoin.ts';

/** Two calls beside each other, and what makes one of them. */
export function TwoCalls({ pair }: { pair: Pair }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { nameOf } = useDirectory();
  const connect = useConnect(pair);
  const hasConference = useHasConference(pair);
  const { now, other } = pair;
  const [name, otherName] = [nameOf(now.party), nameOf(other.party)];
  return (
    <div className={classes.two} role="group" aria-label={t('joined.two')}>
      <div className={classes.row}>
        <article className={classes.side} data-waits="true">
          <Face name={otherName} />
          <strong className={classes.name}>{otherName}</strong>
          <Progress call={other} name={otherName} />
          <Button
            className={classes.swap}
            variant="default"
            size="xs"
            leftSection={<IconArrowsExchange size={16} aria-hidden="true" />}
            aria-label={`${t('call.swap')}: ${otherName}`}
            disabled={other.phase !== 'running' || other.hold !== 'held'}
            onClick={() => phone.toggleHold(other.id)}
          >
            {t('call.swap')}
          </Button>
        </article>
        {hasConference ? (
          <span className={classes.between} aria-hidden="true" />
        ) : (
          <span className={classes.between}>
            <UnstyledButton
              className={classes.connect}
              disabled={!connect.isPossible}
              aria-busy={connect.isPending}
              title={t('joined.connectHint')}
              onClick={connect.go}
            >
              <IconArrowsJoin size={26} aria-hidden="true" />
              {t('joined.connect')}
            </UnstyledButton>
          </span>
        )}
        <article className={classes.side}>
          <Face name={name} />
          <h2 className={classes.name}>{name}</h2>
          <Progress call={now} name={name} />
        </article>
      </div>
      <IntoConference pair={pair} />
      <JoinFailure error={connect.error} />
    </div>
  );
}
