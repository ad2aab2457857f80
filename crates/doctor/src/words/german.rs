//! German.

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
        Culprit::OfficeRouter => "der Router im Büro",
        Culprit::HomeRouter => "der Router oder das Netz dort",
        Culprit::Provider => "der Telefonanbieter",
        Culprit::StunServer => "der STUN-Server",
        Culprit::Firewall => "eine Firewall",
        Culprit::Computer => "der Rechner",
        Culprit::Headset => "das Headset oder die Soundkarte",
        Culprit::DeskPhone => "das Tischtelefon",
        Culprit::Configuration => "eine Einstellung",
        Culprit::Nobody => "niemand",
        Culprit::Unknown => "nicht bekannt",
    }
}

pub(super) fn what(what: What) -> &'static str {
    match what {
        What::StunAddress => "Öffentliche Adresse, wie ein STUN-Server sie sieht",
        What::PageAddress => "Öffentliche Adresse, über die die Leute kommen",
        What::PageHost => "Name in der Adresse der Seite",
        What::LocalAddress => "Eigene Adresse",
        What::ReceivedAddress => "Öffentliche Adresse, wie der Anbieter sie sieht",
        What::MediaAddress => "Adresse, die für den Ton genannt wird",
        What::PeerAddress => "Gesehen unter",
        What::Interface => "Netzwerkschnittstelle",
        What::StunServer => "STUN-Server",
        What::StunState => "Was er tut",
        What::Trunk => "Amtsleitung",
        What::Person => "Wer",
        What::Phone => "Tischtelefon",
        What::Port => "Port",
        What::Rewritten => "Unterwegs verändert",
        What::SoundDevice => "Audiogerät",
        What::Level => "Lautester Moment",
        What::Browser => "Browser",
        What::Missing => "Was fehlt",
        What::CertificateNames => "Namen im Zertifikat",
        What::Date => "Datum",
        What::Time => "Zeit",
        What::Jitter => "Jitter",
        What::Loss => "Verlorene Pakete",
        What::Bandwidth => "Was die Leitung hergibt",
        What::MappedPorts => "Ports, die von außen für ein und denselben Port innen gesehen wurden",
        What::Count => "Anzahl",
        What::Way => "Weg des Tons",
        What::Stage => "Wo der Ton verloren geht",
        What::NetworkKind => "Art des Netzes",
        What::Setting => "Einstellung",
        What::Message => "Meldung",
        What::Number => "Rufnummer",
    }
}

/// Codes of facts in words.
pub(super) fn code(code: &str) -> Option<&'static str> {
    Some(match code {
        "asking" => "wird gerade gefragt",
        "answering" => "antwortet",
        "error" => "antwortet mit einem Fehler",
        "silent" => "antwortet nicht",
        "refused" => "lehnt ab",
        "no_route" => "keine Route dorthin",
        "no_dns" => "sein Name hat keine Adresse",
        "microphone" => "am Mikrofon",
        "sender" => "es wird nichts gesendet",
        "silent_audio" => "es wird nur Stille gesendet",
        "network_in" => "auf dem Weg zum Server",
        "wrong_address" => "er kommt von einer anderen Adresse als vereinbart",
        "decryption" => "er lässt sich nicht entschlüsseln",
        "decoding" => "er lässt sich nicht abspielen",
        "network_out" => "auf dem Weg vom Server",
        "output" => "am Lautsprecher",
        "udp" => "UDP (der direkte)",
        "tcp" => "TCP über den einen Port",
        "tls" => "TLS über den einen Port",
        "rtp" => "RTP",
        "vpn" => "VPN",
        "denied" => "die Seite darf das Mikrofon nicht benutzen",
        "blocked" => "das System oder ein anderes Programm hält das Mikrofon fest",
        "other_tab" => "ein anderer Tab benutzt es",
        "expired" => "abgelaufen",
        "expiring" => "läuft bald ab",
        "not_yet" => "noch nicht gültig",
        "secure_context" => "eine sichere Seite (https)",
        _ => return None,
    })
}
