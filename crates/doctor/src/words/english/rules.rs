//! What the rules ask for.

use crate::finding::Rule;
use crate::words::RuleText;

pub(in crate::words) fn rule(rule: Rule) -> RuleText {
    let [title, text, farend] = match rule {
        Rule::F1 => F1,
        Rule::F2 => F2,
        Rule::P1 => P1,
        Rule::P2 => P2,
        Rule::P3 => P3,
        Rule::H1 => H1,
        Rule::H2 => H2,
        Rule::N1 => N1,
        Rule::N2 => N2,
        Rule::N3 => N3,
        Rule::N4 => N4,
        Rule::Ra => RA,
        Rule::Rb => RB,
        Rule::Rc => RC,
        Rule::Rd => RD,
        Rule::Re => RE,
        Rule::Rf => RF,
        Rule::Rg => RG,
        Rule::Rh => RH,
        Rule::Ri => RI,
        Rule::Rj => RJ,
        Rule::Rk => RK,
        Rule::Rl => RL,
    };
    RuleText { title, text, farend }
}

const F1: [&str; 3] = [
    "The app controls a desk phone",
    "With a desk phone to talk, the app dials, answers and holds for it; then the computer needs no microphone.",
    "Looks whether the chosen phone is connected, and says so when it is not.",
];

const F2: [&str; 3] = [
    "The browser is the phone",
    "The app in the browser is a phone by itself, by WebRTC: it needs an up-to-date browser and a page opened by https.",
    "The audio check looks for what the browser has; in calls, sound that cannot be decoded is noticed.",
];

const P1: [&str; 3] = [
    "From the office",
    "Whoever is in the office reaches the server in the LAN, and audio stays there.",
    "Notices people in the office who come by the public address, and so through the router and back.",
];

const P2: [&str; 3] = [
    "Through a VPN",
    "The app works through a VPN as well, but the VPN must carry audio well: little loss, little delay.",
    "The audio check measures audio there and back, and names the VPN where it is the weak point.",
];

const P3: [&str; 3] = [
    "Over the internet",
    "From home, the page opens over the internet by one forwarded port, without a VPN.",
    "Watches the certificate, the names people use, and the clock; the audio check measures the line.",
];

const H1: [&str; 3] = [
    "Desk phones at home",
    "A desk phone at home connects straight over the internet, encrypted by TLS.",
    "Sees by which transport each phone is connected, whether it answers, and whether its sound can be decrypted.",
];

const H2: [&str; 3] = [
    "The mobile",
    "Where the app cannot be reached, calls go to the mobile by a trunk.",
    "Asks the dial plan whether a trunk leads to each mobile that is set up.",
];

const N1: [&str; 3] = [
    "One forwarded port",
    "The office router forwards one TCP port (8802 as a rule) to the server; nothing else is needed.",
    "Pages, signalling and audio share that port. farend connects to its own public address, and remembers who has come from outside: if the page opens, audio works.",
];

const N2: [&str; 3] = [
    "A STUN server that answers",
    "A STUN server tells the server its public address; it has to be set up, and reached.",
    "Asks all of them all the time, and names the one that does not answer.",
];

const N3: [&str; 3] = [
    "The provider's own STUN server first",
    "If the provider of a trunk has a STUN server, that one counts for its calls; otherwise the system's does.",
    "Uses it when the trunk's profile names one, watches it, and says when another one's word has to do.",
];

const N4: [&str; 3] = [
    "No \"internal SBC\" for web clients",
    "In other systems, the flag \"use internal SBC\" of a device at home must not be set for a web client.",
    "There is no such flag: addresses are chosen for each device by what was measured. Imported settings that mean it are named.",
];

const RA: [&str; 3] = [
    "A plan of the network",
    "Make a small plan: server, router, provider, people at home. Most faults show in it.",
    "Draws the plan by itself from what it has measured, and marks the culprit red.",
];

const RB: [&str; 3] = [
    "Web clients come by the LAN",
    "Browsers reach the server by its LAN interface, also from outside, by way of the router.",
    "Tells LAN from WAN interfaces, and sees by which browsers come.",
];

const RC: [&str; 3] = [
    "Nothing else is forwarded",
    "Other ports need not be forwarded, and so should not be.",
    "Counts strangers from the internet who reach other ports.",
];

const RD: [&str; 3] = [
    "STUN is set up",
    "At least one STUN server has to be named; that of the provider is enough.",
    "Looks whether one is needed with these addresses, and whether there is one.",
];

const RE: [&str; 3] = [
    "STUN by the same router",
    "What is asked of STUN has to leave by the router at which people come in; otherwise the wrong public address is told, and audio goes there.",
    "Compares what STUN servers see, by which address people come, and what providers see. Audio over TCP takes the right one in any case.",
];

const RF: [&str; 3] = [
    "The firewall lets STUN through",
    "The firewall has to let the server ask STUN servers by UDP, port 3478 as a rule.",
    "Tells a missing name, a missing route, a refusal and silence from each other.",
];

const RG: [&str; 3] = [
    "No symmetric NAT at the office",
    "The router must not change the UDP source ports 1024 to 65535 of outgoing traffic; otherwise direct audio finds no way.",
    "Asks several servers from one port, and compares. Calls of browsers go over the one TCP port meanwhile.",
];

const RH: [&str; 3] = [
    "No SIP ALG",
    "\"SIP ALG\" in routers means well and does harm; switch it off at the office and at home.",
    "Compares what comes back from providers and phones with what was sent. With TLS, nobody can rewrite anything.",
];

const RI: [&str; 3] = [
    "Providers by another router",
    "A provider by a second router works only if everything of it goes there, its STUN server included.",
    "Chooses addresses for each provider by what was measured, and sees when its STUN and its SIP leave by different routers.",
];

const RJ: [&str; 3] = [
    "The router at home",
    "A symmetric NAT or a blocked UDP at home closes the direct way for audio.",
    "The audio check tells it in one click, by several servers; calls go over the one TCP port then.",
];

const RK: [&str; 3] = [
    "Desk share",
    "One person, one number, and the phone of the moment: who logs on takes the number along.",
    "Shows whose phone it is on its display, and notices phones that show a number which is elsewhere.",
];

const RL: [&str; 3] = [
    "Headset and sound card",
    "If audio is missing, look at headset and sound card, and try the computer's own.",
    "The audio check tries microphone, loudspeaker and buttons; in calls, a silent microphone is noticed within seconds.",
];
