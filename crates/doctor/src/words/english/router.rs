//! The office's way to the internet: routers, forwards, addresses.

use crate::words::Text;

pub(super) const N1_FORWARD_ELSEWHERE: Text = Text {
    sentence: "The office router forwards {port|the port} to something else than this server, so people outside cannot open the page[ at {page_address}].",
    possible: "Calls in the office and by trunks work.",
    fix: &[
        "In the router, let {port|the port} lead to this server's address in the LAN, the same port there.",
        "Fritz!Box: Internet, Permit Access, Port Sharing; OPNsense, pfSense: Firewall, NAT, Port Forward; MikroTik: /ip firewall nat, dst-nat.",
        "Give the server a fixed address in the LAN, so that the forward does not lead elsewhere again.",
    ],
    retest: "Open the page from a mobile without Wi-Fi; \"Look again\" tries it from here.",
};

pub(super) const N1_FORWARD_MISSING: Text = Text {
    sentence: "The office router does not forward {port|the port} to this server, so people outside cannot open the page[ at {page_address}].",
    possible: "Calls in the office and by trunks work.",
    fix: N1_FORWARD_ELSEWHERE.fix,
    retest: N1_FORWARD_ELSEWHERE.retest,
};

pub(super) const N1_FORWARD_UNPROVEN: Text = Text {
    sentence: "Nobody has come from outside yet[ by {page_host}], so it is not proven that the office router forwards {port|the port} to this server.",
    possible: "All is well as far as it can be seen from inside.",
    fix: &[
        "Open the page from a mobile without Wi-Fi: that proves it, and ends this note.",
        "If it does not open, forward {port|the port} in the router to this server's address in the LAN.",
    ],
    retest: "Open the page from outside.",
};

pub(super) const RA_NO_ROUTE: Text = Text {
    sentence: "The server has no way to the internet, so trunks, people at home and everything outside are cut off.",
    possible: "Calls inside the office work.",
    fix: &[
        "Look whether the router is on, and whether its internet connection is up.",
        "On the server, ip route must show a default route by the router; set the gateway in its network settings otherwise.",
    ],
    retest: "On the server: ping the router, then an address outside; \"Look again\" asks at once.",
};

pub(super) const RA_CARRIER_NAT: Text = Text {
    sentence: "The internet provider gives this server an address that it shares with others[ ({local_address})], so nothing can be forwarded and people outside cannot come in.",
    possible: "Calls in the office work, and by trunks that register with their provider.",
    fix: &[
        "Ask the internet provider for a public IPv4 address of your own (often called dual stack, or fixed IP).",
        "Or let people come by IPv6, or by a VPN that ends in the office.",
    ],
    retest: "Open the page from a mobile without Wi-Fi.",
};

pub(super) const RB_WEB_ON_WAN: Text = Text {
    sentence: "Browsers come by the server's internet interface[ {interface}] and not by its LAN, so their audio depends on that line, and the server stands open there.",
    possible: "Calls work: addresses are chosen for each browser.",
    fix: &[
        "Let the page's name lead to the router where {port|the one port} is forwarded, and in the office to the server's LAN address.",
        "Connect the provider by the LAN as well, if it does not need that interface for itself.",
    ],
    retest: "Sign in anew from the office and from outside; the finding ends a day after the last browser has come by the wrong way.",
};

pub(super) const RC_UNNEEDED_FORWARD: Text = Text {
    sentence: "{culprit} lets strangers from the internet through to {port|a port} of this server, which nobody outside needs and attackers like.",
    possible: "Calls work; wrong passwords are refused.",
    fix: &[
        "In the router, remove every forward to this server but that of the one TCP port (8802, if you have not changed it).",
        "No \"exposed host\" and no DMZ for this server.",
        "If the server itself is on the internet, let its firewall stop what does not come from your provider.",
    ],
    retest: "The finding ends a day after the last stranger.",
};

pub(super) const RE_PUBLIC_ADDRESS_DIFFERS: Text = Text {
    sentence: "Two routers: people come in at {page_address|one public address}, but the server's own questions leave by {stun_address|another}, so direct audio is sent to the wrong one.",
    possible: "Browsers outside have audio over TCP, by the address at which they come in.",
    fix: &[
        "On the server or its router, send what goes to the STUN servers[ ({server})] out by the router that forwards the port: a static route, or the default route.",
        "If there is only one router: the name in the page's address is out of date; correct its entry in DNS.",
        "If both addresses are right for good, state the first under {section_public} addresses, and set {section_stun} mode to \"static\".",
    ],
    retest: "\"Look again\": STUN must report the address by which people come.",
};

pub(super) const RE_TRUNK_LEAVES_ELSEWHERE: Text = Text {
    sentence: "The trunk[ {trunk}] leaves by another router ({received|another public address}) than the one that we tell for its audio[ ({media_address})], so callers may not be heard.",
    possible: "Calls connect, and many providers send audio back to where ours comes from.",
    fix: &[
        "Send SIP and audio for this provider out by the router that STUN uses as well: one route for all of them.",
        "Or name a STUN server in the trunk's settings that is reached by the provider's router.",
    ],
    retest: "\"Look again\", then a call by this trunk: both must hear each other.",
};

pub(super) const RG_SYMMETRIC: Text = Text {
    sentence: "The office router changes the port of outgoing audio for every destination (symmetric NAT), so direct audio with people and providers outside may fail.",
    possible: "Browsers outside have audio over TCP, and many providers send audio back to where ours comes from.",
    fix: &[
        "Let the router keep the source ports 1024 to 65535 of outgoing UDP from this server unchanged.",
        "OPNsense, pfSense: Firewall, NAT, Outbound, mode Hybrid; a rule for this server with \"Static Port\".",
        "Linux, nftables: masquerade without random or fully-random.",
        "If two routers follow one another, make the first one a bridge (modem).",
    ],
    retest: "farend nat on the server must say \"not symmetric\"; \"Look again\" does the same.",
};

pub(super) const RH_ALG_OFFICE: Text = Text {
    sentence: "The office router rewrites telephone messages to the provider[ of {trunk}] (SIP ALG), so calls may fail, break off or have audio in one direction only.",
    possible: "Many calls work all the same.",
    fix: &[
        "Switch off \"SIP ALG\", \"SIP helper\" or \"SIP inspection\" in every router of the office.",
        "MikroTik: /ip firewall service-port disable sip. Linux: unload nf_nat_sip and nf_conntrack_sip, and keep them from loading.",
        "OPNsense and pfSense have none unless the siproxd package is installed; a Fritz!Box has no switch for it.",
        "Or choose TLS in the trunk's settings: nobody can rewrite what is encrypted.",
    ],
    retest: "\"Look again\": the next answer of the provider shows it.",
};

pub(super) const RI_OWN_STUN_ELSEWHERE: Text = Text {
    sentence: "The STUN server of the provider[ of {trunk}] sees {stun_address|another address} while its telephone server sees {received|a different one}: two routers, so audio may stay away.",
    possible: "Calls connect, and many providers send audio back to where ours comes from.",
    fix: &[
        "Send everything for this provider, its STUN server[ ({server})] included, out by one router: a static route for each of its networks.",
        "Or connect the provider by the router that everything else uses.",
    ],
    retest: "\"Look again\": both must see the same address; then make a call by this trunk.",
};
