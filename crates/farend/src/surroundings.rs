//! What is known of the network around us, as it matters to a trunk: its public address, and routers that rewrite SIP.

use std::net::{IpAddr, SocketAddr};

use doctor::alg::{Contacts, Evidence, Verdict, judge};
use media::addresses::is_inside;
use sip::Transport;
use sip::message::UriParts;
use switchboard::trunks::{Finding, Judgement, LineMeasure, StepState};

use crate::api::network::picture::{Picture, StunServer, StunState};

/// What STUN has found out for the way that begins at `local`, by the provider's own server where there is one.
pub(crate) fn stun(network: &Picture, local: Option<IpAddr>, own: Option<&model::StunServer>) -> Judgement {
    own.and_then(|own| own_stun(network, &own.to_string()))
        .unwrap_or_else(|| system_stun(network, local))
}

/// By the provider's own server; `None` while it has not been asked.
fn own_stun(network: &Picture, name: &str) -> Option<Judgement> {
    let servers = network
        .stun
        .servers
        .iter()
        .filter(|server| server.trunk.is_some() && server.name == name);
    let server = servers.min_by_key(|server| server.state != StunState::Answering)?;
    let named = ("server", name.to_owned());
    match (server.state, server.public) {
        (StunState::Answering, Some(public)) => {
            let public = public.ip().to_string();
            let text = format!("the provider's own STUN server {name} sees us as {public}");
            Some(Finding::new("stun_own", text, vec![named, ("public", public)]).judged(StepState::Passed))
        }
        (StunState::Silent | StunState::Refusing | StunState::Unresolved, _) => {
            let text = format!(
                "the provider's own STUN server {name} does not answer, so the system's are used: look whether its name is right, and whether a \
                 fire wall keeps UDP from it"
            );
            Some(Finding::new("stun_own_silent", text, vec![named]).judged(StepState::Warning))
        }
        (StunState::Answering | StunState::Asking | StunState::Unused, _) => None,
    }
}

fn system_stun(network: &Picture, local: Option<IpAddr>) -> Judgement {
    let answering = |server: &&StunServer| server.state == StunState::Answering;
    let mapped = network
        .public_addresses
        .iter()
        .find(|known| local.is_none_or(|local| known.local == local));
    let (code, state, text, values) = match (mapped, local) {
        (Some(known), _) => {
            let (local, public) = (known.local.to_string(), known.public.ip().to_string());
            let text = format!("the world sees {local} as {public}");
            let mut values = vec![("local", local), ("public", public)];
            if let Some(server) = network.stun.servers.iter().find(answering) {
                values.push(("server", server.name.clone()));
            }
            ("stun_mapped", StepState::Passed, text, values)
        }
        (None, Some(local)) if !is_inside(local) => {
            let text = format!("our address towards the provider, {local}, is a public one: no STUN is needed");
            ("stun_not_needed", StepState::Passed, text, vec![("local", local.to_string())])
        }
        _ if !network.stun.asks => {
            let text = "no STUN server is asked in this mode: look at [stun] in the configuration if calls have no sound".to_owned();
            ("stun_off", StepState::LeftOut, text, Vec::new())
        }
        _ if network.stun.servers.is_empty() => {
            let text = "no STUN server is configured: without one nobody tells our public address; write one below [stun]".to_owned();
            ("stun_none", StepState::Warning, text, Vec::new())
        }
        _ if network.stun.servers.iter().any(|server| answering(&server)) => {
            let text = "STUN servers answer, but none has told a public address of the way to this provider".to_owned();
            ("stun_elsewhere", StepState::Warning, text, Vec::new())
        }
        _ => {
            let names: Vec<String> = network.stun.servers.iter().map(|server| server.name.clone()).collect();
            let names = names.join(", ");
            let text =
                format!("no STUN server answers ({names}), so calls may have no sound: a firewall, or look at [stun] in the configuration");
            ("stun_silent", StepState::Failed, text, vec![("servers", names)])
        }
    };
    Finding::new(code, text, values).judged(state)
}

/// Whether something rewrites SIP on the way to a provider: the worst that its answers on any line show.
pub(crate) fn router(network: &Picture, measures: &[LineMeasure]) -> Judgement {
    let verdicts = measures.iter().map(|measure| (measure, verdict(network, measure)));
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Rewritten(_) => 3,
        Verdict::Untouched | Verdict::Encrypted => 2,
        Verdict::Unknown(_) => 1,
    };
    let Some((measure, verdict)) = verdicts.max_by_key(|(_, verdict)| rank(verdict)) else {
        let text = "the provider has not answered any request of ours, so nothing is known of the router on the way";
        return Finding::new("router_unheard", text, Vec::new()).judged(StepState::LeftOut);
    };
    let state = match verdict {
        Verdict::Untouched | Verdict::Encrypted => StepState::Passed,
        Verdict::Rewritten(_) => StepState::Warning,
        Verdict::Unknown(_) => StepState::LeftOut,
    };
    let mirror = &measure.mirror;
    let mut values = vec![("server", measure.flow.peer.to_string()), ("sent_by", mirror.sent_by.to_string())];
    values.extend(mirror.sent_by_instead.clone().map(|instead| ("sent_by_instead", instead)));
    values.extend(mirror.received.map(|received| ("received", received.to_string())));
    values.extend(mirror.rport.map(|port| ("rport", port.to_string())));
    values.extend(public(network, mirror.sent_by.ip()).map(|public| ("public", public.to_string())));
    Finding::new(verdict.code(), verdict.to_string(), values).judged(state)
}

/// Whether the answer shows that something rewrites SIP on the way.
pub(crate) fn verdict(network: &Picture, measure: &LineMeasure) -> Verdict {
    let LineMeasure {
        flow, mirror, contacts, ..
    } = measure;
    let contacts = contacts.as_ref().and_then(|(ours, listed)| {
        Some(Contacts {
            ours: address(ours)?,
            listed: listed.iter().filter_map(|contact| address(contact)).collect(),
        })
    });
    judge(&Evidence {
        is_encrypted: matches!(flow.transport, Transport::Tls | Transport::Wss),
        server: flow.peer,
        is_server_inside: is_inside(flow.peer.ip()),
        local: mirror.sent_by,
        is_local_inside: is_inside(mirror.sent_by.ip()),
        public: public(network, mirror.sent_by.ip()),
        sent_by_instead: mirror.sent_by_instead.clone(),
        received: mirror.received,
        rport: mirror.rport,
        is_call_id_same: mirror.is_call_id_same,
        contacts,
    })
}

fn public(network: &Picture, local: IpAddr) -> Option<IpAddr> {
    let known = network.public_addresses.iter().find(|known| known.local == local.to_canonical())?;
    Some(known.public.ip().to_canonical())
}

/// Of a SIP address whose host is one of IP.
fn address(uri: &str) -> Option<SocketAddr> {
    let parts = UriParts::split(uri)?;
    let host = parts.host.trim_start_matches('[').trim_end_matches(']');
    Some(SocketAddr::new(host.parse().ok()?, parts.port.unwrap_or(5060)))
}

#[cfg(test)]
mod tests;
