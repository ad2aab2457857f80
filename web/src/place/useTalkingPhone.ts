import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Me } from '../api/types.ts';
import { useBackend, useTalkOn } from '../backend.ts';
import { liveCalls } from '../phone/calls.ts';
import type { Phone } from '../phone/phone.ts';
import { controlledOf, deskPhones, hasNoPhone } from './devices.ts';
import { useDevices, usePlace } from './queries.ts';

/**
 * The phone that the person talks on. The one in the browser is started while it is wanted and this tab leads, and stays until its
 * calls are over; otherwise nothing of the browser's sound is touched. `signedOut` must stay the same function.
 */
export function useTalkingPhone(me: Me, signedOut: () => void): Phone {
  const { phone, desk } = useBackend();
  const { on } = useTalkOn();
  const isTalking = useBrowserPhone(me, signedOut);
  useDeskPhone(me);
  useReturn();
  return on === 'computer' || isTalking ? phone : desk;
}

/** Whether the phone in the browser has calls. `signedOut` must stay the same function. */
function useBrowserPhone({ phone: account, name }: Me, signedOut: () => void): boolean {
  const { phone, tab, talkOn } = useBackend();
  const talks = useTalkOn();
  const wanted = talks.on === 'computer';
  const [leads, setLeads] = useState<boolean | null>(null);
  // Who has followed the number to the desk phone keeps the lead: the next tab would only take the number back.
  const competes = account !== null && (wanted || !talks.chosen);
  const hasCalls = useSyncExternalStore(
    (changed) => phone.subscribe(changed),
    () => liveCalls(phone.state()).some(({ phase }) => phase !== 'ringing'),
  );
  const goes = account !== null && ((wanted && leads === true) || hasCalls);

  useEffect(() => {
    if (!competes) return undefined;
    const leave = tab.join((isLeading) => {
      // The tab before may have let go because the person has chosen a desk phone.
      talkOn.storageChanged();
      setLeads(isLeading);
    });
    return () => {
      leave();
      setLeads(null);
    };
  }, [tab, talkOn, competes]);

  // One condition, so that the sound is not let go of when a call begins or ends.
  const sounds = wanted || hasCalls;
  useEffect(() => {
    if (!sounds) return undefined;
    phone.media.start();
    return () => phone.media.stop();
  }, [phone, sounds]);

  useEffect(() => {
    if (!goes) return undefined;
    const { sip_user, realm, websocket_path } = account;
    phone.start({ sip_user, realm, websocket_path, display_name: name }, signedOut);
    return () => phone.stop();
    // A phone is started once per sign-in.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [phone, goes, account?.sip_user, signedOut]);

  useEffect(() => {
    if (wanted && leads === false && !goes) phone.stop({ state: 'other_tab' });
  }, [phone, wanted, leads, goes]);

  useEffect(
    () =>
      phone.subscribe(() => {
        if (phone.state().line.state === 'at_desk_phone') talkOn.follow(null);
      }),
    [phone, talkOn],
  );
  return hasCalls;
}

/** Brings the tab back that has followed the number to a desk phone, once the number is not there any more. */
function useReturn(): void {
  const { talkOn } = useBackend();
  const queries = useQueryClient();
  const talks = useTalkOn();
  const follows = talks.on === 'desk_phone' && !talks.chosen;
  const { data: place, isSuccess, isFetching } = usePlace();
  // What was known before the tab followed says nothing about where the number went.
  const [isFresh, setIsFresh] = useState(false);
  useEffect(() => {
    if (!follows) return undefined;
    let isOver = false;
    void queries.invalidateQueries({ queryKey: ['place'] }).then(() => {
      if (!isOver) setIsFresh(true);
    });
    return () => {
      isOver = true;
      setIsFresh(false);
    };
  }, [queries, follows]);

  const isLost = follows && isFresh && isSuccess && !isFetching && hasNoPhone(place);
  useEffect(() => {
    if (isLost) talkOn.giveUp();
  }, [talkOn, isLost]);
}

/** Tells the desk phone under control which one it is. */
function useDeskPhone(me: Me): void {
  const { desk } = useBackend();
  const talkOn = useTalkOn();
  const devices = useDevices().data;
  const place = usePlace().data;
  const isKnown = devices !== undefined;
  const { id, label, registered } = controlledOf(talkOn, deskPhones(devices ?? [], me, place), place) ?? {};
  useEffect(() => {
    if (!isKnown) desk.use('not_known');
    else if (id === undefined || label === undefined || registered === undefined) desk.use(null);
    else desk.use({ id, label, registered });
  }, [desk, isKnown, id, label, registered]);
}
