//! What a trunk's choices are called in the database.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use model::control::Srtp;
use sip::Transport;
use switchboard::directory::{Forwarded, IdentityHeader};
use switchboard::trunks::Trust;

use crate::store::StoreError;

const PUBLIC: &str = "public";
const PINNED: &str = "pinned:";

pub(super) fn trust(trust: &Trust) -> String {
    match trust {
        Trust::Public => PUBLIC.to_owned(),
        Trust::Authority(pem) => pem.to_string(),
        Trust::Pinned(sha256) => format!("{PINNED}{}", HEXLOWER.encode(sha256)),
    }
}

pub(super) fn parse_trust(text: &str) -> Result<Trust, StoreError> {
    match (text, text.strip_prefix(PINNED)) {
        (PUBLIC, _) => Ok(Trust::Public),
        (_, Some(sha256)) => {
            let bytes = HEXLOWER.decode(sha256.as_bytes()).ok();
            let pinned = bytes.and_then(|bytes| bytes.try_into().ok());
            pinned.map(Trust::Pinned).ok_or(StoreError::Strange("pinned certificate"))
        }
        (pem, None) => Ok(Trust::Authority(Arc::from(pem))),
    }
}

pub(super) fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "udp",
        Transport::Tcp => "tcp",
        // No trunk goes over a WebSocket; whoever asks for one wants it encrypted.
        Transport::Tls | Transport::Wss => "tls",
    }
}

pub(super) fn parse_transport(text: &str) -> Result<Transport, StoreError> {
    match text {
        "udp" => Ok(Transport::Udp),
        "tcp" => Ok(Transport::Tcp),
        "tls" => Ok(Transport::Tls),
        _ => Err(StoreError::Strange("transport")),
    }
}

pub(super) fn srtp(srtp: Srtp) -> &'static str {
    match srtp {
        Srtp::Never => "off",
        Srtp::Accepted => "preferred",
        Srtp::Required => "mandatory",
    }
}

pub(super) fn parse_srtp(text: &str) -> Result<Srtp, StoreError> {
    match text {
        "off" => Ok(Srtp::Never),
        "preferred" => Ok(Srtp::Accepted),
        "mandatory" => Ok(Srtp::Required),
        _ => Err(StoreError::Strange("choice of SRTP")),
    }
}

pub(super) fn identity(identity: IdentityHeader) -> &'static str {
    match identity {
        IdentityHeader::From => "from",
        IdentityHeader::Asserted => "asserted",
        IdentityHeader::Preferred => "preferred",
        IdentityHeader::AccountFrom => "account_from",
    }
}

pub(super) fn parse_identity(text: &str) -> Result<IdentityHeader, StoreError> {
    match text {
        "from" => Ok(IdentityHeader::From),
        "asserted" => Ok(IdentityHeader::Asserted),
        "preferred" => Ok(IdentityHeader::Preferred),
        "account_from" => Ok(IdentityHeader::AccountFrom),
        _ => Err(StoreError::Strange("identity header")),
    }
}

pub(super) fn forwarded(forwarded: Forwarded) -> &'static str {
    match forwarded {
        Forwarded::Own => "own",
        Forwarded::OriginalWithDiversion => "original_with_diversion",
    }
}

pub(super) fn parse_forwarded(text: &str) -> Result<Forwarded, StoreError> {
    match text {
        "own" => Ok(Forwarded::Own),
        "original_with_diversion" => Ok(Forwarded::OriginalWithDiversion),
        _ => Err(StoreError::Strange("number of forwarded calls")),
    }
}
