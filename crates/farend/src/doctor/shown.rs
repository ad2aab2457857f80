//! The certificate that browsers are shown, as the evidence has it.

use std::net::IpAddr;

use doctor::evidence::{Certificate, UnixMs};
use x509_parser::extensions::GeneralName;

/// Names that are told: there may be hundreds.
const NAMES_MAX: usize = 64;

/// Reads it; `None` where it cannot be read, as browsers could not either.
pub(super) fn certificate(der: &[u8], is_our_own: bool) -> Option<Certificate> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let named = alternative
        .map(|extension| extension.value.general_names.as_slice())
        .unwrap_or_default();
    let validity = certificate.validity();
    Some(Certificate {
        names: named.iter().filter_map(name).take(NAMES_MAX).collect(),
        is_self_signed: is_our_own || certificate.subject() == certificate.issuer(),
        not_before: at(validity.not_before.timestamp()),
        not_after: at(validity.not_after.timestamp()),
    })
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_ascii_lowercase()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from))
                .ok()
                .map(|ip| ip.to_string())
        }
        _ => None,
    }
}

fn at(seconds: i64) -> UnixMs {
    UnixMs(seconds.saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(names: &[&str]) -> Vec<u8> {
        let pair = rcgen::KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = rcgen::CertificateParams::new(names).unwrap();
        let begin = time::OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        (params.not_before, params.not_after) = (begin, begin + time::Duration::days(90));
        params.self_signed(&pair).unwrap().der().to_vec()
    }

    #[test]
    fn names_addresses_and_dates_are_read() {
        let certificate = certificate(&signed(&["PBX.example.com", "192.0.2.7"]), false).unwrap();
        assert_eq!(certificate.names, ["pbx.example.com", "192.0.2.7"]);
        assert!(certificate.is_self_signed);
        assert_eq!(certificate.not_after.since(certificate.not_before), 90 * 24 * 60 * 60 * 1_000);
        assert_eq!(certificate.not_before, UnixMs(1_700_000_000_000));
    }

    #[test]
    fn what_cannot_be_read_is_not_known_and_names_are_bounded() {
        assert_eq!(certificate(b"no certificate", true), None);
        let many: Vec<String> = (0..=NAMES_MAX).map(|number| format!("host{number}.example.com")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(certificate(&signed(&many), false).unwrap().names.len(), NAMES_MAX);
    }
}
