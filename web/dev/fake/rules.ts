/** The rules of home working, shorter than the server tells them. */
import type { Rule } from '../../src/api/doctor.ts';

export function demoRules(): Rule[] {
  return [
    rule(
      'F1',
      'A desk phone under control',
      'The app controls a desk phone, which must be registered.',
      'It watches whether that phone is there.',
    ),
    rule(
      'F2',
      'The browser as a phone',
      'A browser of the last years, on a secure page.',
      'It looks at what the browser has before the first call.',
    ),
    rule(
      'P1',
      'From the office’s own network',
      'Sound stays in the office.',
      'It tells who in the office takes the way by the router.',
    ),
    rule(
      'P2',
      'Through a VPN',
      'A VPN carries sound, but may slow it down.',
      'It names VPNs and measures their delay.',
    ),
    rule(
      'P3',
      'Over the public internet',
      'One forwarded port, and a certificate that browsers trust.',
      'It watches certificate, name and clock.',
    ),
    rule(
      'N1',
      'One forwarded port',
      'Only TCP 8802 is forwarded, from the internet to the server. All other ports are agreed upon by themselves.',
      'It proves the forward from outside whenever somebody comes by it.',
    ),
    rule(
      'N2',
      'A STUN server',
      'The system must know a STUN server and reach it.',
      'It asks all of them all the time.',
    ),
    rule(
      'N3',
      'The provider’s own STUN server first',
      'Where the provider has one, that one counts.',
      'It shows which is in force, and why.',
    ),
    rule(
      'R-e',
      'In and out by the same router',
      'The way to the STUN server must lead by the router at which TCP 8802 comes in. Else the public address that callers are told is the wrong one, and there is no sound.',
      'It compares what STUN servers see with the address at which people come, and names both routers. Calls have sound nevertheless, over TCP.',
    ),
    rule(
      'R-f',
      'The firewall lets STUN through',
      'A firewall must let UDP to the STUN server’s port out.',
      'It tells “no name”, “no route”, “refused” and “silent” apart.',
    ),
    rule(
      'R-g',
      'No symmetric NAT at the office',
      'Routers must not change the source ports of UDP.',
      'It measures how the router behaves, and goes over TCP where it must.',
    ),
    rule(
      'R-h',
      'No SIP ALG',
      'Routers must leave SIP as it is.',
      'It compares what was sent with what came back.',
    ),
    rule(
      'R-j',
      'The network at home',
      'A symmetric NAT at home, or blocked UDP, lets no sound through by UDP.',
      'Calls go over TCP 8802 there. The check page tells which it is.',
    ),
    rule(
      'R-l',
      'Headset and sound card',
      'A microphone that is there, allowed, not muted, and a loudspeaker.',
      'The check page tries all of them, and says in the call what is wrong.',
    ),
  ];
}

function rule(id: string, title: string, text: string, farend: string): Rule {
  return { id, title, text, farend };
}
