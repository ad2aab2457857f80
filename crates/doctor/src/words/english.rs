//! English.

mod calls;
mod computer;
mod home;
mod office;
mod router;
mod rules;

pub(super) use rules::rule;

use super::Text;
use crate::finding::{Confidence, Culprit, Fault, Finding, What};

pub(super) fn text(finding: &Finding) -> &'static Text {
    match finding.fault {
        Fault::F1PhoneOffline => &home::F1_PHONE_OFFLINE,
        Fault::F2BrowserUnfit => &computer::F2_BROWSER_UNFIT,
        Fault::P1LanByRouter => &home::P1_LAN_BY_ROUTER,
        Fault::P2VpnPoor => &home::P2_VPN_POOR,
        Fault::P3CertificateUntrusted => &office::P3_CERTIFICATE_UNTRUSTED,
        Fault::P3CertificateExpiring if super::is_certificate(finding, "expired") => &office::P3_CERTIFICATE_EXPIRED,
        Fault::P3CertificateExpiring if super::is_certificate(finding, "not_yet") => &office::P3_CERTIFICATE_NOT_YET,
        Fault::P3CertificateExpiring => &office::P3_CERTIFICATE_EXPIRING,
        Fault::P3CertificateName => &office::P3_CERTIFICATE_NAME,
        Fault::P3ClockWrong => &office::P3_CLOCK_WRONG,
        Fault::P3LinePoor => &home::P3_LINE_POOR,
        Fault::H1PhonePlain => &home::H1_PHONE_PLAIN,
        Fault::H1PhoneUnreachable => &home::H1_PHONE_UNREACHABLE,
        Fault::H2MobileNoRoute => &home::H2_MOBILE_NO_ROUTE,
        Fault::N1ForwardElsewhere => &router::N1_FORWARD_ELSEWHERE,
        Fault::N1ForwardMissing => &router::N1_FORWARD_MISSING,
        Fault::N1ForwardUnproven => &router::N1_FORWARD_UNPROVEN,
        Fault::N2StunServerDead => &office::N2_STUN_SERVER_DEAD,
        Fault::N3OwnStunDead => &office::N3_OWN_STUN_DEAD,
        Fault::N4InternalSbc => &office::N4_INTERNAL_SBC,
        Fault::RaNoRoute => &router::RA_NO_ROUTE,
        Fault::RaCarrierNat => &router::RA_CARRIER_NAT,
        Fault::RbWebOnWan => &router::RB_WEB_ON_WAN,
        Fault::RcUnneededForward => &router::RC_UNNEEDED_FORWARD,
        Fault::RdStunMissing => &office::RD_STUN_MISSING,
        Fault::RePublicAddressDiffers => &router::RE_PUBLIC_ADDRESS_DIFFERS,
        Fault::ReTrunkLeavesElsewhere => &router::RE_TRUNK_LEAVES_ELSEWHERE,
        Fault::RfStunNoDns => &office::RF_STUN_NO_DNS,
        Fault::RfStunNoRoute => &office::RF_STUN_NO_ROUTE,
        Fault::RfStunRefused => &office::RF_STUN_REFUSED,
        Fault::RfStunSilent => &office::RF_STUN_SILENT,
        Fault::RgSymmetric => &router::RG_SYMMETRIC,
        Fault::RhAlgOffice => &router::RH_ALG_OFFICE,
        Fault::RhAlgHome => &home::RH_ALG_HOME,
        Fault::RiOwnStunElsewhere => &router::RI_OWN_STUN_ELSEWHERE,
        Fault::RjSymmetric if finding.confidence == Confidence::Low => &home::RJ_SYMMETRIC_FURTHER_ON,
        Fault::RjSymmetric => &home::RJ_SYMMETRIC,
        Fault::RjUdpBlocked => &home::RJ_UDP_BLOCKED,
        Fault::RjNoWay => &home::RJ_NO_WAY,
        Fault::RkNoDisplay => &home::RK_NO_DISPLAY,
        Fault::RkStuck => &home::RK_STUCK,
        Fault::RlNoMicrophone => &computer::RL_NO_MICROPHONE,
        Fault::RlMicrophoneDenied if finding.value(What::Setting) == Some("blocked") => &computer::RL_MICROPHONE_BLOCKED,
        Fault::RlMicrophoneDenied => &computer::RL_MICROPHONE_DENIED,
        Fault::RlMicrophoneMuted => &computer::RL_MICROPHONE_MUTED,
        Fault::RlMicrophoneSilent => &computer::RL_MICROPHONE_SILENT,
        Fault::RlNoSpeaker => &computer::RL_NO_SPEAKER,
        Fault::RlSpeakerUnheard => &computer::RL_SPEAKER_UNHEARD,
        Fault::RlHeadsetButtons => &computer::RL_HEADSET_BUTTONS,
        Fault::RlCallMicrophone => &calls::RL_CALL_MICROPHONE,
        Fault::RlCallSilentPeer => &calls::RL_CALL_SILENT_PEER,
        Fault::RlCallOutput => &calls::RL_CALL_OUTPUT,
        Fault::RjCallLost => &calls::RJ_CALL_LOST,
        Fault::RgCallLost => &calls::RG_CALL_LOST,
        Fault::ReCallWrongAddress => &calls::RE_CALL_WRONG_ADDRESS,
        Fault::H1CallUndecryptable => &calls::H1_CALL_UNDECRYPTABLE,
        Fault::F2CallUndecodable => &calls::F2_CALL_UNDECODABLE,
    }
}

pub(super) fn culprit(culprit: Culprit) -> &'static str {
    match culprit {
        Culprit::OfficeRouter => "the office router",
        Culprit::HomeRouter => "the router or network there",
        Culprit::Provider => "the telephone provider",
        Culprit::StunServer => "the STUN server",
        Culprit::Firewall => "a firewall",
        Culprit::Computer => "the computer",
        Culprit::Headset => "the headset or sound card",
        Culprit::DeskPhone => "the desk phone",
        Culprit::Configuration => "a setting",
        Culprit::Nobody => "nobody",
        Culprit::Unknown => "not known",
    }
}

pub(super) fn what(what: What) -> &'static str {
    match what {
        What::StunAddress => "Public address, as a STUN server sees it",
        What::PageAddress => "Public address by which people come",
        What::PageHost => "Name in the page's address",
        What::LocalAddress => "Own address",
        What::ReceivedAddress => "Public address, as the provider sees it",
        What::MediaAddress => "Address that is told for audio",
        What::PeerAddress => "Seen at",
        What::Interface => "Network interface",
        What::StunServer => "STUN server",
        What::StunState => "What it does",
        What::Trunk => "Trunk",
        What::Person => "Who",
        What::Phone => "Desk phone",
        What::Port => "Port",
        What::Rewritten => "What was seen changed on the way",
        What::SoundDevice => "Sound device",
        What::Level => "Loudest moment",
        What::Browser => "Browser",
        What::Missing => "What is missing",
        What::CertificateNames => "Names in the certificate",
        What::Date => "Date",
        What::Time => "Time",
        What::Jitter => "Jitter",
        What::Loss => "Packets lost",
        What::Bandwidth => "What the line carries",
        What::MappedPorts => "Ports that were seen from outside for one and the same port inside",
        What::Count => "How many",
        What::Way => "Way of the audio",
        What::Stage => "Where the sound is lost",
        What::NetworkKind => "Kind of network",
        What::Setting => "Setting",
        What::Message => "Message",
        What::Number => "Number",
    }
}

/// Codes of facts in words.
pub(super) fn code(code: &str) -> Option<&'static str> {
    Some(match code {
        "asking" => "is being asked",
        "answering" => "answers",
        "error" => "answers with an error",
        "silent" => "does not answer",
        "refused" => "refuses",
        "no_route" => "no route leads there",
        "no_dns" => "its name has no address",
        "microphone" => "at the microphone",
        "sender" => "nothing is sent",
        "silent_audio" => "nothing but silence is sent",
        "network_in" => "on the way to the server",
        "wrong_address" => "it comes from another address than agreed",
        "decryption" => "it cannot be decrypted",
        "decoding" => "it cannot be decoded",
        "network_out" => "on the way from the server",
        "output" => "at the loudspeaker",
        "udp" => "UDP (the direct one)",
        "tcp" => "TCP through the one port",
        "tls" => "TLS through the one port",
        "rtp" => "RTP",
        "vpn" => "VPN",
        "denied" => "the page may not use the microphone",
        "blocked" => "the system or another program keeps the microphone",
        "other_tab" => "another tab uses it",
        "expired" => "it has run out",
        "expiring" => "it is about to run out",
        "not_yet" => "it is not good yet",
        "secure_context" => "a secure page (https)",
        _ => return None,
    })
}
