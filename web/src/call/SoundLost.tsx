import { IconMicrophoneOff, IconVolumeOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Running, SoundLoss, SoundLosses } from '../phone/calls.ts';
import { Notice } from '../ui/Notice.tsx';
import classes from './CallPanel.module.css';

type Direction = keyof SoundLosses;

/** What is missing first: who is not heard can do something about it, most of the time. `both`: one network loses both directions. */
export function lossOf({
  lost,
  hold,
}: Pick<Running, 'lost' | 'hold'>): { direction: Direction | 'both'; loss: SoundLoss } | null {
  if (hold !== 'talking') return null;
  if (lost.from_me !== null && lost.from_me.whose === lost.to_me?.whose) {
    const [there, back] = lost.to_me.whose === 'me' ? [lost.from_me, lost.to_me] : [lost.to_me, lost.from_me];
    if (there.stage === 'network_in' && back.stage === 'network_out')
      return { direction: 'both', loss: back };
  }
  const both = (['from_me', 'to_me'] as const).flatMap((direction) => {
    const loss = lost[direction];
    return loss === null ? [] : [{ direction, loss }];
  });
  return both.find(({ loss }) => loss.whose === 'me') ?? both[0] ?? null;
}

/** One direction has no sound: which, why, and what is done or can be done about it. It goes by itself. */
export function SoundLost({ call, name }: { call: Running; name: string }) {
  const { t } = useTranslation();
  const found = lossOf(call);
  if (found === null) return null;
  const { direction, loss } = found;
  const code = codeOf(direction, loss);
  const Icon = direction === 'from_me' ? IconMicrophoneOff : IconVolumeOff;
  return (
    <div className={classes.lost}>
      <Notice
        tone={loss.whose === 'me' ? 'bad' : 'wait'}
        icon={<Icon size={20} />}
        title={t(`call.lost.what.${code}`, { name })}
      >
        {t(`call.lost.fix.${code}`, { name })}
      </Notice>
    </div>
  );
}

/** The server's sentence code, made finer by what only this browser knows. */
function codeOf(direction: Direction | 'both', { whose, stage, microphone }: SoundLoss) {
  if (direction === 'both') return `both_${whose}` as const;
  if (direction === 'from_me' && microphone !== null) return `my_${microphone}` as const;
  return `${direction}_${stage}` as const;
}
