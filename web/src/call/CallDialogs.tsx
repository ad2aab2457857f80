import { useMutation } from '@tanstack/react-query';
import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useBackend, usePhone } from '../backend.ts';
import { InviteDialog } from '../joined/InviteDialog.tsx';
import type { Running } from '../phone/calls.ts';
import { useErrorWords } from '../ui/errors.ts';
import { Notice } from '../ui/Notice.tsx';
import type { PanelPart } from './panel.ts';
import { TransferDialog } from './TransferDialog.tsx';

interface CallDialogsProps {
  call: Running;
  name: string;
  part: PanelPart | null;
  onClose: () => void;
}

/** What opens over a call: to whom it goes, and who comes in. */
export function CallDialogs({ call, name, part, onClose }: CallDialogsProps) {
  const { t } = useTranslation();
  const { api } = useBackend();
  const phone = usePhone();
  const errorWords = useErrorWords();
  const invite = useMutation({ mutationFn: (number: string) => api.invite(call.journal_id ?? '', number) });
  return (
    <>
      {invite.error !== null && (
        <Notice tone="bad" role="alert" icon={<IconAlertCircle size={20} />}>
          {t('conference.failed')} {errorWords(invite.error)}
        </Notice>
      )}
      <TransferDialog
        opened={part === 'transfer'}
        name={name}
        except={call.party.number}
        onClose={onClose}
        onHandOver={(to) => {
          onClose();
          phone.transfer(call.id, to);
        }}
        onAskFirst={(to) => {
          onClose();
          phone.dial(to);
        }}
      />
      <InviteDialog
        opened={part === 'invite'}
        title={t('conference.addTitle')}
        hint={t('conference.addHint')}
        except={[call.party.number]}
        onClose={onClose}
        onInvite={(number) => invite.mutate(number)}
      />
    </>
  );
}
