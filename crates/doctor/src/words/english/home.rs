//! People's networks, and desk phones.

use crate::words::Text;

pub(super) const F1_PHONE_OFFLINE: Text = Text {
    sentence: "The desk phone[ {phone}] that {person|somebody} controls from the app is not connected to the server, so it can neither ring nor be dialled with.",
    possible: "The app can be used as the phone itself: choose to talk at this computer.",
    fix: &[
        "Look whether the phone has power and a network: its display tells.",
        "Compare its server address, user name and password with those of the device in the administration.",
        "Start the phone anew.",
    ],
    retest: "The finding ends by itself when the phone has signed in.",
};

pub(super) const P1_LAN_BY_ROUTER: Text = Text {
    sentence: "{person|Somebody} is in the office but opens the page by its public address, so their audio may take the way through the router and back.",
    possible: "Calls work, as long as the router lets such traffic turn round.",
    fix: &[
        "Let the DNS of the office answer the page's name[ {page_host}] with the server's address in the LAN.",
        "A Fritz!Box drops such answers of outside servers: enter the name under Home Network, Network, Network Settings, DNS Rebind Protection.",
    ],
    retest: "Open the page anew in the office.",
};

pub(super) const P2_VPN_POOR: Text = Text {
    sentence: "The VPN of {person|somebody} carries audio badly[ ({loss} lost)][ (jitter {jitter})][ (delay {time})], so calls are hard to understand.",
    possible: "Calls connect; without the VPN they are likely to be better.",
    fix: &[
        "Leave the VPN off for telephony: the page can be reached over the internet without it.",
        "Or let the VPN leave the server's public address out (split tunnelling).",
        "If it has to be the VPN: use one over UDP (WireGuard, IPsec), not one over TCP.",
    ],
    retest: "Run the audio check again, with the VPN and without it.",
};

pub(super) const P3_LINE_POOR: Text = Text {
    sentence: "The line of {person|somebody} carries audio badly[ ({loss} lost)][ (jitter {jitter})][ (delay {time})][ ({bandwidth})], so calls are hard to understand.",
    possible: "Calls connect, and may be better at another time of the day.",
    fix: &[
        "Use a network cable in place of Wi-Fi, or go nearer to the access point.",
        "Stop what fills the line: uploads, backups, video.",
        "In the router, give telephony or this computer priority (Fritz!Box: Internet, Filters, Prioritization).",
        "If it stays so with a cable and nothing else running, ask the internet provider.",
    ],
    retest: "Run the audio check again.",
};

pub(super) const H1_PHONE_PLAIN: Text = Text {
    sentence: "The desk phone[ {phone}] outside is connected without encryption[ ({setting})], so others on its way can listen, and routers there can disturb its calls.",
    possible: "Its calls work, as long as no router interferes.",
    fix: &[
        "In the phone, choose TLS as the transport, port 5061, and SRTP for audio.",
        "Close SIP by UDP and TCP (5060) for the internet in the office router.",
    ],
    retest: "The finding ends when the phone has signed in by TLS.",
};

pub(super) const H1_PHONE_UNREACHABLE: Text = Text {
    sentence: "The desk phone[ {phone}] outside does not answer any more[ for {time}]: its router has forgotten it, or it has no power, so calls do not ring there.",
    possible: "It can still call by itself, if it has power.",
    fix: &[
        "Look whether the phone is on and has a network.",
        "In the phone, choose TLS as the transport: that connection stays open by itself.",
        "If it has to be UDP, let the phone send keep-alives every 25 seconds.",
    ],
    retest: "Call the phone; the finding ends when it answers.",
};

pub(super) const H2_MOBILE_NO_ROUTE: Text = Text {
    sentence: "Calls for {person|somebody} shall ring at a mobile[ ({number})] as well, but no trunk leads to that number, so it stays silent.",
    possible: "Their other phones ring.",
    fix: &[
        "Compare the mobile's number with what the person gives: in full, with the country's code.",
        "In the administration, under outside lines, let a trunk be used for mobile numbers, and let the person call them.",
    ],
    retest: "\"What happens if …?\" in the administration says by which trunk the number goes.",
};

pub(super) const RH_ALG_HOME: Text = Text {
    sentence: "A router on the way of the desk phone[ {phone}] rewrites its telephone messages (SIP ALG), so its calls may fail or have audio in one direction only.",
    possible: "Many calls work all the same.",
    fix: &[
        "In the phone, choose TLS as the transport, port 5061: nobody can rewrite what is encrypted.",
        "Or switch off \"SIP ALG\" in the router there (MikroTik: /ip firewall service-port disable sip; a Fritz!Box has no switch for it).",
    ],
    retest: "Start the phone anew: what it sends is compared at once.",
};

pub(super) const RJ_SYMMETRIC: Text = Text {
    sentence: "The router of {person|somebody} gives audio another port for every destination (symmetric NAT), so the direct way over UDP fails and the one TCP port has to carry it.",
    possible: "Calls have audio[ ({way})], with a little more delay[ ({time})].",
    fix: &[
        "As long as calls have sound, nothing has to be done: the next steps are only for the last bit of quality.",
        "In the router there, let outgoing UDP keep its source ports (OPNsense, pfSense: Outbound NAT, Hybrid, \"Static Port\").",
        "If there are two routers in a row, make the first one a bridge; on a mobile network nothing can be done.",
    ],
    retest: "Run the audio check again: one address for all servers means that it is mended.",
};

pub(super) const RJ_SYMMETRIC_FURTHER_ON: Text = Text {
    sentence: "UDP leaves the network of {person|somebody} but does not reach the telephone system, so the one TCP port has to carry audio: most likely the router there gives further destinations other ports (symmetric NAT).",
    possible: "Calls have audio[ ({way})], with a little more delay[ ({time})].",
    fix: &[
        "As long as calls have sound, nothing has to be done: the next steps are only for the last bit of quality.",
        "In the router there, let outgoing UDP keep its source ports (OPNsense, pfSense: Outbound NAT, Hybrid, \"Static Port\").",
        "If a firewall there lets out only some ports, let it pass UDP to the office.",
    ],
    retest: "Run the audio check again: sound on the direct way means that it is mended.",
};

pub(super) const RJ_UDP_BLOCKED: Text = Text {
    sentence: "In the network of {person|somebody}, {culprit} lets no UDP through, so the direct way for audio is closed and the one TCP port has to carry it.",
    possible: "Calls have audio[ ({way})], with a little more delay[ ({time})].",
    fix: &[
        "As long as calls have sound, nothing has to be done: the next steps are only for the last bit of quality.",
        "Let outgoing UDP through there, or in the firewall of the computer (for hotels and guest networks: use another network).",
        "In companies, a policy of the browser may forbid UDP (WebRtcIPHandling): let it be lifted for this page.",
    ],
    retest: "Run the audio check again.",
};

pub(super) const RJ_NO_WAY: Text = Text {
    sentence: "In the network of {person|somebody}, audio gets through by no way at all, though the page opens: a proxy or firewall there lets only web pages pass.",
    possible: "A desk phone or the mobile can take their calls meanwhile.",
    fix: &[
        "Try another network, a mobile's hotspot for example: if audio works there, it is this network.",
        "Let the firewall or virus scanner pass connections to the page's address and port without looking into them.",
        "Switch a VPN or proxy off for this address.",
    ],
    retest: "Run the audio check again.",
};

pub(super) const RK_NO_DISPLAY: Text = Text {
    sentence: "The desk phone[ {phone}] does not take texts for its display, so it does not show whose phone it is, nor \"Cancel mobility\".",
    possible: "Logging on and off by its keys works.",
    fix: &[
        "In the phone's web page, allow pushed texts from this server's address (often called XML push or action URI).",
        "Bring its firmware up to date.",
    ],
    retest: "Log on at the phone: its display must show the name.",
};

pub(super) const RK_STUCK: Text = Text {
    sentence: "The desk phone[ {phone}] still shows its person's name though the number has gone to a browser: it does not take the text that says so.",
    possible: "The number works at the browser; the phone does not ring, and what is dialled there is refused.",
    fix: &[
        "Start the phone anew: it is told again as soon as it is back.",
        "To have the number at the phone, dial *9419 there.",
    ],
    retest: "The finding ends when the phone has taken the text.",
};
