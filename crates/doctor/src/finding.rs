//! What is wrong: one fault, whom it hurts, whose doing it is, and by what that was seen.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::evidence::{UnixMs, UserNetwork};

/// A rule of home working, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rule {
    /// The app controls a desk phone.
    F1,
    /// The browser is the phone.
    F2,
    /// From the company's LAN.
    P1,
    /// Through a VPN.
    P2,
    /// Over the public internet.
    P3,
    /// Desk phones at home.
    H1,
    /// The mobile.
    H2,
    /// One forwarded port.
    N1,
    /// A STUN server is needed, and must be reached.
    N2,
    /// The provider's own STUN server comes first.
    N3,
    /// No "internal SBC" for web clients.
    N4,
    /// The network plan.
    #[serde(rename = "R-a")]
    Ra,
    /// Web clients come by the LAN.
    #[serde(rename = "R-b")]
    Rb,
    /// No other port is forwarded.
    #[serde(rename = "R-c")]
    Rc,
    /// STUN is configured.
    #[serde(rename = "R-d")]
    Rd,
    /// STUN goes by the same router as the one that forwards.
    #[serde(rename = "R-e")]
    Re,
    /// The firewall lets STUN through.
    #[serde(rename = "R-f")]
    Rf,
    /// The office's NAT is not symmetric.
    #[serde(rename = "R-g")]
    Rg,
    /// No SIP ALG.
    #[serde(rename = "R-h")]
    Rh,
    /// The WAN interface and providers by another router.
    #[serde(rename = "R-i")]
    Ri,
    /// The home's NAT.
    #[serde(rename = "R-j")]
    Rj,
    /// Desk share.
    #[serde(rename = "R-k")]
    Rk,
    /// Headset and sound card.
    #[serde(rename = "R-l")]
    Rl,
}

impl Rule {
    /// All of them, in the order of the guide.
    pub const ALL: [Self; 23] = [
        Self::F1,
        Self::F2,
        Self::P1,
        Self::P2,
        Self::P3,
        Self::H1,
        Self::H2,
        Self::N1,
        Self::N2,
        Self::N3,
        Self::N4,
        Self::Ra,
        Self::Rb,
        Self::Rc,
        Self::Rd,
        Self::Re,
        Self::Rf,
        Self::Rg,
        Self::Rh,
        Self::Ri,
        Self::Rj,
        Self::Rk,
        Self::Rl,
    ];

    /// As people write it (`N1`, `R-e`).
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::F1 => "F1",
            Self::F2 => "F2",
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::H1 => "H1",
            Self::H2 => "H2",
            Self::N1 => "N1",
            Self::N2 => "N2",
            Self::N3 => "N3",
            Self::N4 => "N4",
            Self::Ra => "R-a",
            Self::Rb => "R-b",
            Self::Rc => "R-c",
            Self::Rd => "R-d",
            Self::Re => "R-e",
            Self::Rf => "R-f",
            Self::Rg => "R-g",
            Self::Rh => "R-h",
            Self::Ri => "R-i",
            Self::Rj => "R-j",
            Self::Rk => "R-k",
            Self::Rl => "R-l",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// What can be wrong. The first word of each says which rule it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// F1: the desk phone that somebody controls from the app is not registered.
    F1PhoneOffline,
    /// F2: the browser lacks what a phone needs, or the page is not in a secure context.
    F2BrowserUnfit,
    /// P1: somebody in the office reaches the page by the public address: their media goes through the router and back.
    P1LanByRouter,
    /// P2: media goes through a VPN that makes it slow, or loses it.
    P2VpnPoor,
    /// P3: browsers do not trust the certificate (self-signed), and people come from outside.
    P3CertificateUntrusted,
    /// P3: the certificate has run out, or does so within two weeks, or is not good yet.
    P3CertificateExpiring,
    /// P3: the certificate is for other names than those by which people come.
    P3CertificateName,
    /// P3: the server's clock is wrong by more than a minute.
    P3ClockWrong,
    /// P3: a line that carries audio badly by the way that calls take (loss, jitter, delay, bandwidth).
    P3LinePoor,
    /// H1: a desk phone outside is registered without TLS.
    H1PhonePlain,
    /// H1: a registered desk phone outside does not answer: its router has forgotten the mapping.
    H1PhoneUnreachable,
    /// H2: calls shall reach a mobile, and no trunk leads there.
    H2MobileNoRoute,
    /// N1: the forwarded port leads to something else.
    N1ForwardElsewhere,
    /// N1: the port is not forwarded: the public address refuses it, though the router lets us reach it otherwise.
    N1ForwardMissing,
    /// N1: a public name or address is configured, and nobody has ever come from outside.
    N1ForwardUnproven,
    /// N2: one of several STUN servers does not answer while others do.
    N2StunServerDead,
    /// N3: the provider's own STUN server does not answer, so that another one's word counts.
    N3OwnStunDead,
    /// N4: an imported setting means "use internal SBC".
    N4InternalSbc,
    /// R-a: the server has no way to the internet at all.
    RaNoRoute,
    /// R-a: the server itself has a carrier's address (RFC 6598): nothing can be forwarded to it.
    RaCarrierNat,
    /// R-b: browsers come by the WAN interface.
    RbWebOnWan,
    /// R-c: strangers from the internet reach a port that nobody outside needs.
    RcUnneededForward,
    /// R-d: STUN is needed, and no server is configured.
    RdStunMissing,
    /// R-e: STUN sees another public address than the one by which people come: two routers.
    RePublicAddressDiffers,
    /// R-e: a provider without STUN of its own sees us at another public address than the one that we tell for media.
    ReTrunkLeavesElsewhere,
    /// R-f: no STUN server has an address: DNS fails.
    RfStunNoDns,
    /// R-f: there is no route to any STUN server.
    RfStunNoRoute,
    /// R-f: every STUN server is refused (ICMP): a firewall rejects it, or nobody listens.
    RfStunRefused,
    /// R-f: no STUN server answers: a firewall drops UDP.
    RfStunSilent,
    /// R-g: the office's NAT is symmetric.
    RgSymmetric,
    /// R-h: a router at the office rewrites SIP to a provider.
    RhAlgOffice,
    /// R-h: a router at somebody's home rewrites the SIP of a desk phone.
    RhAlgHome,
    /// R-i: the provider's own STUN server sees another address than its SIP server does: both leave by different routers.
    RiOwnStunElsewhere,
    /// R-j: the NAT of somebody's network is symmetric. Audio goes over the one TCP port.
    RjSymmetric,
    /// R-j: UDP is blocked in somebody's network. Audio goes over the one TCP port.
    RjUdpBlocked,
    /// R-j: by no way at all does audio come through.
    RjNoWay,
    /// R-k: a desk phone does not show what it should.
    RkNoDisplay,
    /// R-k: a desk phone stays logged on though its number is at a browser.
    RkStuck,
    /// R-l: there is no microphone.
    RlNoMicrophone,
    /// R-l: the page may not use the microphone, or another program has it.
    RlMicrophoneDenied,
    /// R-l: the microphone is muted by the system or at the headset.
    RlMicrophoneMuted,
    /// R-l: the microphone gives nothing though somebody speaks.
    RlMicrophoneSilent,
    /// R-l: there is no loudspeaker, or it cannot play.
    RlNoSpeaker,
    /// R-l: the test tone was not heard.
    RlSpeakerUnheard,
    /// R-l: the headset's buttons are not noticed.
    RlHeadsetButtons,
    /// R-l, in a call: nothing comes from a browser's microphone.
    RlCallMicrophone,
    /// R-l, in a call: a phone sends nothing, or digital silence.
    RlCallSilentPeer,
    /// R-l, in a call: a browser cannot play what arrives.
    RlCallOutput,
    /// R-j, in a call: packets to or from somebody's network are lost.
    RjCallLost,
    /// R-g, in a call: packets to or from a provider are lost.
    RgCallLost,
    /// R-e, in a call: packets come from an address that was not negotiated.
    ReCallWrongAddress,
    /// H1, in a call: packets cannot be decrypted.
    H1CallUndecryptable,
    /// F2, in a call: packets come in a form that was not negotiated.
    F2CallUndecodable,
}

impl Fault {
    /// All of them, in the order of the rules.
    pub const ALL: [Self; 53] = [
        Self::F1PhoneOffline,
        Self::F2BrowserUnfit,
        Self::P1LanByRouter,
        Self::P2VpnPoor,
        Self::P3CertificateUntrusted,
        Self::P3CertificateExpiring,
        Self::P3CertificateName,
        Self::P3ClockWrong,
        Self::P3LinePoor,
        Self::H1PhonePlain,
        Self::H1PhoneUnreachable,
        Self::H2MobileNoRoute,
        Self::N1ForwardElsewhere,
        Self::N1ForwardMissing,
        Self::N1ForwardUnproven,
        Self::N2StunServerDead,
        Self::N3OwnStunDead,
        Self::N4InternalSbc,
        Self::RaNoRoute,
        Self::RaCarrierNat,
        Self::RbWebOnWan,
        Self::RcUnneededForward,
        Self::RdStunMissing,
        Self::RePublicAddressDiffers,
        Self::ReTrunkLeavesElsewhere,
        Self::RfStunNoDns,
        Self::RfStunNoRoute,
        Self::RfStunRefused,
        Self::RfStunSilent,
        Self::RgSymmetric,
        Self::RhAlgOffice,
        Self::RhAlgHome,
        Self::RiOwnStunElsewhere,
        Self::RjSymmetric,
        Self::RjUdpBlocked,
        Self::RjNoWay,
        Self::RkNoDisplay,
        Self::RkStuck,
        Self::RlNoMicrophone,
        Self::RlMicrophoneDenied,
        Self::RlMicrophoneMuted,
        Self::RlMicrophoneSilent,
        Self::RlNoSpeaker,
        Self::RlSpeakerUnheard,
        Self::RlHeadsetButtons,
        Self::RlCallMicrophone,
        Self::RlCallSilentPeer,
        Self::RlCallOutput,
        Self::RjCallLost,
        Self::RgCallLost,
        Self::ReCallWrongAddress,
        Self::H1CallUndecryptable,
        Self::F2CallUndecodable,
    ];

    /// The rule that it breaks.
    #[must_use]
    pub fn rule(self) -> Rule {
        match self {
            Self::F1PhoneOffline => Rule::F1,
            Self::F2BrowserUnfit | Self::F2CallUndecodable => Rule::F2,
            Self::P1LanByRouter => Rule::P1,
            Self::P2VpnPoor => Rule::P2,
            Self::P3CertificateUntrusted
            | Self::P3CertificateExpiring
            | Self::P3CertificateName
            | Self::P3ClockWrong
            | Self::P3LinePoor => Rule::P3,
            Self::H1PhonePlain | Self::H1PhoneUnreachable | Self::H1CallUndecryptable => Rule::H1,
            Self::H2MobileNoRoute => Rule::H2,
            Self::N1ForwardElsewhere | Self::N1ForwardMissing | Self::N1ForwardUnproven => Rule::N1,
            Self::N2StunServerDead => Rule::N2,
            Self::N3OwnStunDead => Rule::N3,
            Self::N4InternalSbc => Rule::N4,
            Self::RaNoRoute | Self::RaCarrierNat => Rule::Ra,
            Self::RbWebOnWan => Rule::Rb,
            Self::RcUnneededForward => Rule::Rc,
            Self::RdStunMissing => Rule::Rd,
            Self::RePublicAddressDiffers | Self::ReTrunkLeavesElsewhere | Self::ReCallWrongAddress => Rule::Re,
            Self::RfStunNoDns | Self::RfStunNoRoute | Self::RfStunRefused | Self::RfStunSilent => Rule::Rf,
            Self::RgSymmetric | Self::RgCallLost => Rule::Rg,
            Self::RhAlgOffice | Self::RhAlgHome => Rule::Rh,
            Self::RiOwnStunElsewhere => Rule::Ri,
            Self::RjSymmetric | Self::RjUdpBlocked | Self::RjNoWay | Self::RjCallLost => Rule::Rj,
            Self::RkNoDisplay | Self::RkStuck => Rule::Rk,
            Self::RlNoMicrophone
            | Self::RlMicrophoneDenied
            | Self::RlMicrophoneMuted
            | Self::RlMicrophoneSilent
            | Self::RlNoSpeaker
            | Self::RlSpeakerUnheard
            | Self::RlHeadsetButtons
            | Self::RlCallMicrophone
            | Self::RlCallSilentPeer
            | Self::RlCallOutput => Rule::Rl,
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know; calls have audio.
    Note,
    /// Calls have audio, but not as they could: later, dearer, or only by luck.
    Warning,
    /// Somebody has no audio, or cannot call.
    Problem,
}

/// Whose doing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Culprit {
    /// The router of the office.
    OfficeRouter,
    /// The router, or the network, where somebody is.
    HomeRouter,
    /// The telephone provider.
    Provider,
    /// Who runs the STUN server.
    StunServer,
    /// A firewall.
    Firewall,
    /// The computer: its browser or its system's settings.
    Computer,
    /// The headset, microphone or loudspeaker.
    Headset,
    /// A desk phone.
    DeskPhone,
    /// Our own configuration.
    Configuration,
    /// Nobody: it is as it should be.
    Nobody,
    /// It cannot be told.
    Unknown,
}

/// How sure it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// One sign of several.
    #[default]
    Low,
    /// Probably.
    Medium,
    /// Measured, and nothing else explains it.
    High,
}

/// Whom, or what, a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// The server, and with it everybody.
    Server,
    /// A trunk, by its name.
    Trunk {
        /// That.
        name: String,
    },
    /// A person in one network.
    Network {
        /// Their extension; empty for a guest.
        extension: String,
        /// The address by which the server sees them.
        address: String,
    },
    /// A person, wherever they are.
    Person {
        /// Their extension.
        extension: String,
    },
    /// A desk phone, by its device id.
    Phone {
        /// That.
        device: u64,
    },
    /// A call, and a leg of it.
    Call {
        /// The call's id.
        id: u64,
        /// Whose sound is missing.
        leg: u64,
    },
}

/// One thing that was seen, in the words of a table: what, its value, when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is.
    pub what: What,
    /// Its value, as people read it (an address, `180 ms`, a name).
    pub value: String,
    /// When it was so; `None` for what is configured.
    pub at: Option<UnixMs>,
}

/// What a fact says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A public address, as STUN servers see it.
    StunAddress,
    /// The address by which people come.
    PageAddress,
    /// The name in the page's address.
    PageHost,
    /// Our own address, or that of a person's computer.
    LocalAddress,
    /// What a provider has seen (`received`).
    ReceivedAddress,
    /// The address that is told for media.
    MediaAddress,
    /// Where somebody is.
    PeerAddress,
    /// An interface.
    Interface,
    /// A STUN server.
    StunServer,
    /// What a STUN server does.
    StunState,
    /// A trunk.
    Trunk,
    /// A person, with extension.
    Person,
    /// A desk phone.
    Phone,
    /// A port and its protocol.
    Port,
    /// What was seen rewritten.
    Rewritten,
    /// A device of sound, as the system names it.
    SoundDevice,
    /// Level in dBFS.
    Level,
    /// A browser.
    Browser,
    /// What is missing.
    Missing,
    /// Names of a certificate.
    CertificateNames,
    /// A date until, or from which, something is good.
    Date,
    /// Time: a delay, an age, an offset.
    Time,
    /// Jitter.
    Jitter,
    /// Share of lost packets.
    Loss,
    /// What a line carries.
    Bandwidth,
    /// Ports as STUN servers have seen them.
    MappedPorts,
    /// How often, or how many.
    Count,
    /// The way that media takes.
    Way,
    /// Where in a call sound is lost.
    Stage,
    /// Name of a network (`wifi`, `vpn`).
    NetworkKind,
    /// A setting, as it is written.
    Setting,
    /// What a program or a provider has said.
    Message,
    /// A number that was dialled, or would be.
    Number,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub fault: Fault,
    /// Whom it is about.
    pub subject: Subject,
    /// How bad it is.
    pub severity: Severity,
    /// Whose doing.
    pub culprit: Culprit,
    /// How sure that is.
    pub confidence: Confidence,
    /// By what it was seen, the most telling first.
    pub evidence: Vec<Fact>,
}

impl Subject {
    /// A person in one of their networks.
    #[must_use]
    pub fn network(network: &UserNetwork) -> Self {
        Self::Network {
            extension: network.extension.clone(),
            address: network
                .address
                .map(|address| address.to_canonical().to_string())
                .unwrap_or_default(),
        }
    }

    /// A trunk.
    #[must_use]
    pub fn trunk(name: &str) -> Self {
        Self::Trunk { name: name.to_owned() }
    }
}

impl Finding {
    /// Without any evidence yet.
    #[must_use]
    pub fn new(fault: Fault, subject: Subject, severity: Severity, culprit: Culprit, confidence: Confidence) -> Self {
        Self {
            fault,
            subject,
            severity,
            culprit,
            confidence,
            evidence: Vec::new(),
        }
    }

    /// With one more fact.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers give what they have: addresses, texts, numbers")]
    pub fn with(mut self, what: What, value: impl ToString, at: Option<UnixMs>) -> Self {
        let value = value.to_string();
        self.evidence.push(Fact { what, value, at });
        self
    }

    /// With one more fact, where it is known and says something.
    #[must_use]
    pub fn with_known(self, what: What, value: Option<impl ToString>, at: Option<UnixMs>) -> Self {
        match value.map(|value| value.to_string()).filter(|value| !value.is_empty()) {
            Some(value) => self.with(what, value, at),
            None => self,
        }
    }

    /// The value of a fact.
    #[must_use]
    pub fn value(&self, what: What) -> Option<&str> {
        self.evidence.iter().find(|fact| fact.what == what).map(|fact| fact.value.as_str())
    }

    /// The same fault of the same subject is the same finding, however its evidence changes.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.fault == other.fault && self.subject == other.subject
    }
}
