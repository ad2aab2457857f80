import { useTranslation } from 'react-i18next';
import type { StunState } from '../../api/types.ts';
import { Tag } from '../../ui/Tag.tsx';

/** What a STUN server does, in one or two words. */
export function StunStateTag({ state }: { state: StunState }) {
  const { t } = useTranslation();
  return <Tag tone={toneOf(state)}>{t(`network.stun.state.${state}`)}</Tag>;
}

function toneOf(state: StunState) {
  switch (state) {
    case 'answering':
      return 'good';
    case 'asking':
      return 'wait';
    case 'silent':
    case 'refusing':
    case 'unresolved':
      return 'bad';
    case 'unused':
      return 'quiet';
  }
}
