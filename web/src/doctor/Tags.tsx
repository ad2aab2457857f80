import { useTranslation } from 'react-i18next';
import type { Severity, Soundness } from '../api/doctor.ts';
import { Tag } from '../ui/Tag.tsx';
import { toneOf, toneOfSound } from './severity.ts';

/** How bad something is. */
export function SeverityTag({ severity }: { severity: Severity }) {
  const { t } = useTranslation();
  return <Tag tone={toneOf(severity)}>{t(`doctor.severity.${severity}`)}</Tag>;
}

/** How a line or a call sounds. */
export function SoundTag({ verdict }: { verdict: Soundness }) {
  const { t } = useTranslation();
  return <Tag tone={toneOfSound(verdict)}>{t(`doctor.sound.${verdict}`)}</Tag>;
}
