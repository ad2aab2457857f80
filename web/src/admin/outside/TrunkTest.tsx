import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconStethoscope } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client.ts';
import type { Trunk, TrunkTest as Test } from '../../api/types.ts';
import { useBackend } from '../../backend.ts';
import form from '../Admin.module.css';
import { Copy } from '../Copy.tsx';
import { Dialog, Failure } from '../Dialog.tsx';
import { TextField } from '../fields.tsx';
import classes from './Outside.module.css';
import { useTrunkTest } from './queries.ts';
import { TestSteps } from './TestSteps.tsx';
import { useReport } from './testReport.ts';
import { TestVerdict } from './TestVerdict.tsx';

/** Tries a trunk step by step, and shows the result of the last time until then. */
export function TrunkTest({ trunk, onClose }: { trunk: Trunk; onClose: () => void }) {
  const { t } = useTranslation();
  const test = useTrunkTest(trunk.id);
  const start = useStart(trunk.id);
  const [echo, setEcho] = useState(trunk.echo_number ?? '');
  const isRunning = test.data?.running === true;
  return (
    <Dialog size="lg" onClose={onClose} title={t('trunkTest.title', { name: trunk.name })}>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isRunning) start.mutate(echo.trim() === '' ? null : echo.trim());
        }}
        noValidate
      >
        <TextField
          label={t('trunkTest.echoNumber')}
          hint={t('trunkTest.echoNumberHint')}
          inputMode="tel"
          value={echo}
          onChange={setEcho}
          inputContainer={(input) => (
            <div className={form.withButton}>
              {input}
              <Button
                type="submit"
                leftSection={<IconStethoscope size={18} aria-hidden="true" />}
                loading={start.isPending || isRunning}
                data-autofocus
              >
                {test.data == null ? t('trunkTest.start') : t('trunkTest.again')}
              </Button>
            </div>
          )}
        />
        <Failure error={start.error ?? test.error} />
        {test.data != null && <Result trunk={trunk} test={test.data} />}
        <div className={form.buttons}>
          {test.data != null && !isRunning && <CopyReport trunk={trunk} test={test.data} />}
          <Button variant="default" onClick={onClose}>
            {t('app.close')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Starts a test; one that somebody else has started is followed instead. */
function useStart(trunk: number) {
  const { api } = useBackend();
  const queries = useQueryClient();
  const queryKey = ['outside', 'test', trunk];
  return useMutation({
    mutationFn: async (echo_number: string | null) => {
      try {
        return await api.testTrunk(trunk, echo_number);
      } catch (error) {
        const other = error instanceof Refused && error.code === 'busy' ? await api.trunkTest(trunk) : null;
        if (other?.running === true) return other;
        throw error;
      }
    },
    // An answer that is under way tells of the test before.
    onMutate: () => queries.cancelQueries({ queryKey }),
    onSuccess: (test) => queries.setQueryData<Test | null>(queryKey, test),
  });
}

function Result({ trunk, test }: { trunk: Trunk; test: Test }) {
  return (
    <div className={classes.result}>
      <TestVerdict test={test} />
      <TestSteps steps={test.steps} severalAccounts={trunk.accounts.length > 1} />
    </div>
  );
}

/** The whole result for a ticket. */
function CopyReport({ trunk, test }: { trunk: Trunk; test: Test }) {
  const { t } = useTranslation();
  const report = useReport();
  return <Copy size="sm" value={report(trunk, test)} words={t('trunkTest.copy')} />;
}
