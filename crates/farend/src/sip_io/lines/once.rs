//! A way to a provider that is opened to see whether it can be, and closed at once.

use switchboard::trunks::{Opening, Security, Trouble};
use time::OffsetDateTime;
use tokio_rustls::client::TlsStream;
use x509_parser::extensions::GeneralName;

use super::{Lines, Opened, Way};

/// Names of a certificate that are told.
const NAMES_MAX: usize = 4;

impl Lines {
    /// Opens a way, says what it is like, and closes it.
    ///
    /// # Errors
    ///
    /// As when a line opens it.
    pub(crate) async fn open_once(&self, way: &Way) -> Result<Opening, Trouble> {
        let (flow, security) = match Box::pin(self.open(way)).await? {
            Opened::Datagrams(flow) => (flow, None),
            Opened::Tcp(flow, _stream) => (flow, None),
            Opened::Tls(flow, stream) => (flow, security(&stream, OffsetDateTime::now_utc())),
        };
        Ok(Opening {
            local: flow.local,
            flow: (!flow.transport.is_reliable()).then_some(flow),
            security,
        })
    }
}

/// What the handshake has shown; `None` for a certificate that cannot be read, such as a pinned one of an odd make.
fn security<S>(stream: &TlsStream<S>, now: OffsetDateTime) -> Option<Security> {
    let (_, session) = stream.get_ref();
    let version = match session.protocol_version()? {
        rustls::ProtocolVersion::TLSv1_3 => "TLS 1.3".to_owned(),
        rustls::ProtocolVersion::TLSv1_2 => "TLS 1.2".to_owned(),
        other => format!("{other:?}"),
    };
    let (names, ends_at) = certificate(session.peer_certificates()?.first()?)?;
    Some(Security {
        version,
        names,
        ends_on: ends_at.date().to_string(),
        days_left: (ends_at - now).whole_seconds().div_euclid(24 * 3_600),
    })
}

/// Whom a certificate is for, and when it ends.
fn certificate(der: &[u8]) -> Option<(Vec<String>, OffsetDateTime)> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let named = alternative
        .map(|extension| extension.value.general_names.as_slice())
        .unwrap_or_default();
    let names = named.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) | GeneralName::URI(name) => Some((*name).to_owned()),
        _ => None,
    });
    let ends_at = OffsetDateTime::from_unix_timestamp(certificate.validity().not_after.timestamp()).ok()?;
    Some((names.take(NAMES_MAX).collect(), ends_at))
}
