import { useTranslation } from 'react-i18next';
import { SelectField, TextField, type Choice } from '../admin/fields.tsx';
import type { Device, Ringing, WhileBusy } from '../api/types.ts';
import classes from './Place.module.css';
import { DELAYS_S, parseRings, ringsWords } from './rings.ts';

const WHILE_BUSY: readonly WhileBusy[] = ['call_waiting', 'ring_others', 'busy'];
/** A mobile's own mailbox must not be faster than its person. */
const USUAL_DELAY_S = 10;

interface RingingFieldsProps {
  ringing: Ringing;
  onChange: (ringing: Ringing) => void;
}

/** Somebody's mobile, and what happens to their second call. */
export function RingingFields({ ringing, onChange }: RingingFieldsProps) {
  const { t } = useTranslation();
  const after = useAfterWords();
  const { mobile, while_busy } = ringing;
  const write = (number: string) =>
    onChange({
      ...ringing,
      mobile: number.trim() === '' ? null : { number, delay_s: mobile?.delay_s ?? USUAL_DELAY_S },
    });
  const delays = [...new Set([...DELAYS_S, mobile?.delay_s ?? 0])].sort((a, b) => a - b);
  return (
    <>
      <div className={classes.mobile}>
        <TextField
          label={t('place.mobile')}
          inputMode="tel"
          placeholder={t('place.mobileNone')}
          value={mobile?.number ?? ''}
          onChange={write}
        />
        {mobile !== null && (
          <SelectField
            label={t('place.mobileRings')}
            value={String(mobile.delay_s)}
            data={delays.map((delay) => ({ value: String(delay), label: after(delay) }))}
            onChange={(delay) => onChange({ ...ringing, mobile: { ...mobile, delay_s: Number(delay) } })}
          />
        )}
      </div>
      <SelectField
        label={t('place.whileBusy')}
        value={while_busy}
        data={WHILE_BUSY.map((value) => ({ value, label: t(`place.busy.${value}`) }))}
        onChange={(value) =>
          onChange({ ...ringing, while_busy: WHILE_BUSY.find((each) => each === value) ?? 'call_waiting' })
        }
      />
    </>
  );
}

/** When a device can ring, in words. */
export function useRingsChoices(device: Pick<Device, 'kind' | 'rings' | 'rings_after_s'>): Choice[] {
  const { t } = useTranslation();
  const after = useAfterWords();
  return ringsWords(device).map((value) => {
    const { rings, rings_after_s } = parseRings(value);
    return { value, label: rings === 'after' ? after(rings_after_s) : t(`place.rings.${rings}`) };
  });
}

function useAfterWords(): (delay_s: number) => string {
  const { t } = useTranslation();
  return (delay_s) => (delay_s === 0 ? t('place.atOnce') : t('place.afterSeconds', { seconds: delay_s }));
}
