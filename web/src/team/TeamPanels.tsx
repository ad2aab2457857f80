import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconBellRinging, IconHandGrab, IconPhoneCall, IconPlayerPause } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { LineCall, Team } from '../api/types.ts';
import { useBackend, usePhoneState } from '../backend.ts';
import { Timer } from '../call/Progress.tsx';
import { useDirectory, useMe, useUsers } from '../people/directory.ts';
import { useDevices, useLines, useTeams } from '../place/queries.ts';
import { useOwnDevice } from '../place/useOwnDevice.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Face } from '../ui/Face.tsx';
import { StateWords } from '../ui/StateWords.tsx';
import { colleaguesOf, lineWord, sortedLine, teamsOf, type LineWord } from './teams.ts';
import classes from './Team.module.css';

/** The teams that the person is in, each with its line; nothing for people without a team. */
export function TeamPanels() {
  const me = useMe();
  const devices = useDevices().data ?? [];
  const teams = teamsOf(useTeams().data ?? [], me.id, devices);
  return teams.map((team) => <TeamPanel key={team.id} team={team} />);
}

function TeamPanel({ team }: { team: Team }) {
  const { t } = useTranslation();
  const lines = useLines();
  const users = useUsers().data ?? [];
  const devices = useDevices().data ?? [];
  const calls = sortedLine(lines[team.id] ?? []);
  const id = `team-${team.id}`;
  return (
    <section className={classes.team} aria-labelledby={id}>
      <div className={classes.heading}>
        <h3 id={id} className="clip">
          {team.name}
        </h3>
        <span className="figures">{team.extension}</span>
      </div>
      {team.has_line &&
        (calls.length === 0 ? (
          <p className={classes.free}>{t('team.free')}</p>
        ) : (
          <ul className={classes.line} aria-label={t('team.line')}>
            {calls.map((call) => (
              <OnLine key={call.call} call={call} />
            ))}
          </ul>
        ))}
      <ul className={classes.members} aria-label={t('team.members')}>
        {colleaguesOf(team, users, devices).map(({ key, name, state, rings }) => (
          <li key={key}>
            <Face name={name} size="small" state={state} />
            <span className={classes.member}>
              <span className="clip">{name}</span>
              <span className={classes.detail}>
                <StateWords state={state} />
                {!rings && ` · ${t('team.silent')}`}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const SIGNS = {
  rings: IconBellRinging,
  talks: IconPhoneCall,
  holds: IconPlayerPause,
} as const satisfies Record<LineWord, unknown>;

/** Somebody on the line, and who of the team has them. */
function OnLine({ call }: { call: LineCall }) {
  const { t } = useTranslation();
  const me = useMe();
  const { users, nameOf } = useDirectory();
  const errorWords = useErrorWords();
  const take = useTake();
  const word = lineWord(call);
  const Sign = SIGNS[word];
  const other = nameOf(call.other);
  const by = users.find(({ id }) => id === call.by_user_id)?.name ?? t('team.somebody');
  const mayTake = word === 'holds' && call.by_user_id !== me.id;
  return (
    <li className={classes.call} data-word={word}>
      <span className={classes.sign} aria-hidden="true">
        <Sign size={19} />
      </span>
      <span className={classes.words}>
        <strong className="clip">{other}</strong>
        <span className={classes.detail}>
          {word === 'rings' ? t('team.rings') : t(`team.by.${word}`, { name: by })} ·{' '}
          <Timer since={Date.parse(call.begun_at)} />
        </span>
        {take.error !== null && (
          <span role="alert" className={classes.wrong}>
            {errorWords(take.error)}
          </span>
        )}
      </span>
      {mayTake && (
        <Button
          size="sm"
          leftSection={<IconHandGrab size={17} aria-hidden="true" />}
          aria-label={`${t('team.take')}: ${other}`}
          disabled={!take.possible}
          loading={take.pending}
          onClick={() => take.take(call.call)}
        >
          {t('team.take')}
        </Button>
      )}
    </li>
  );
}

/** Takes a held call to the phone that one talks on. */
function useTake() {
  const { api } = useBackend();
  const { line } = usePhoneState();
  const device = useOwnDevice();
  const take = useMutation({
    mutationFn: ({ call, at }: { call: string; at: number }) => api.callAt(call, 'take', at),
  });
  return {
    possible: device !== null && line.state === 'ready',
    pending: take.isPending,
    error: take.error,
    take: (call: string) => {
      if (device !== null) take.mutate({ call, at: device });
    },
  };
}
