import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Targets } from '../call/Targets.tsx';

interface InviteDialogProps {
  opened: boolean;
  title: string;
  hint: string;
  /** Numbers of who is there already. */
  except: readonly string[];
  onClose: () => void;
  onInvite: (number: string) => void;
}

/** Whom to call into the call. */
export function InviteDialog({ opened, title, hint, except, onClose, onInvite }: InviteDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <Targets
        except={except}
        hint={hint}
        onChoose={({ number }) => {
          onClose();
          onInvite(number);
        }}
      />
    </Modal>
  );
}
