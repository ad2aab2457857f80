import { UA } from 'jssip';
import type { Account } from '../signalling.ts';
import type { PersistentSocket } from '../socket.ts';

/** Registrations are renewed at half of this, in seconds. */
const REGISTER_EXPIRES_S = 300;
/** The server decides how long a phone rings; this is only the last resort, in seconds. */
const NO_ANSWER_S = 180;

/** JsSIP's part of the line. */
export function createAgent(socket: PersistentSocket, account: Account): UA {
  return new UA({
    // What JsSIP's types call a class is an interface.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
    sockets: socket,
    uri: `sip:${account.sip_user}@${account.realm}`,
    registrar_server: `sip:${account.realm}`,
    display_name: account.display_name,
    register: true,
    register_expires: REGISTER_EXPIRES_S,
    // The server refreshes every call at its own pace, and tabs in the background would be late. With timers of its own
    // JsSIP would also end a call whose refresh falls into a moment without a line.
    session_timers: false,
    no_answer_timeout: NO_ANSWER_S,
    user_agent: 'farend web',
  });
}
