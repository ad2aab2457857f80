//! What a person reads when the server has started.

use std::io::Write as _;

use super::is_local_only;
use crate::certificate::Certificate;
use crate::config::Config;
use crate::store::name::Pin;
use crate::store::{Secret, Seeded};

/// Prints what listens where and, for a demo, who can sign in. False when standard output is closed, which is no reason not to serve.
pub(super) fn print(config: &Config, certificate: &Certificate, seeded: Option<&Seeded>) -> bool {
    let text = text(config, certificate.is_self_signed(), seeded);
    let mut out = std::io::stdout().lock();
    let printed = out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok();
    tracing::info!(portal = %config.listen.portal, sip = %config.listen.sip, "serving");
    printed
}

fn text(config: &Config, self_signed: bool, seeded: Option<&Seeded>) -> String {
    let listen = &config.listen;
    let rtp = listen.rtp_ports;
    let mut lines = vec![
        format!("farend {} is serving.", env!("CARGO_PKG_VERSION")),
        String::new(),
        format!("  Open         {}", address(config)),
        format!(
            "  One port     TCP {}   web app, signalling and, where UDP fails, media",
            listen.portal
        ),
        format!("  Media        UDP {}   browsers, directly", listen.media),
        format!(
            "  Desk phones  SIP {} (UDP, TCP), {} (TLS), RTP {}-{}",
            listen.sip, listen.sips, rtp.first, rtp.last
        ),
        format!("  Data         {}", config.data_dir.display()),
    ];
    if self_signed {
        lines.push("  Certificate  self-signed: browsers warn once. Put your own into [tls] of the configuration.".into());
    }
    if is_local_only(listen.portal.ip()) {
        lines.push("  Only this machine can connect. Use --bind 0.0.0.0 (or [listen]) for the whole network.".into());
    }
    if let Some(seeded) = seeded {
        lines.push(String::new());
        lines.extend(demo(config, seeded));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Who can sign in, and how to register a desk phone.
fn demo(config: &Config, seeded: &Seeded) -> Vec<String> {
    let known = |secret: Option<&str>, variable| match secret {
        Some(secret) => secret.to_owned(),
        None => format!("as given in {variable}, or printed at the first start"),
    };
    let password = known(seeded.password.as_ref().map(Secret::reveal), "FAREND_DEMO_PASSWORD");
    let secret = known(seeded.sip_secret.as_ref().map(Secret::reveal), "FAREND_DEMO_SIP_SECRET");
    let pin = known(seeded.pin.as_ref().map(Pin::as_str), "FAREND_DEMO_PIN");
    vec![
        "  Demo company: sign in as 101 (Anna), 102 (Ben), 103 (Cleo) or admin.".into(),
        format!("  Password     {password}"),
        format!(
            "  Desk phones  user 101-desk, 102-desk, 103-desk, or desk-1 (shared), at {}, realm farend",
            config.listen.sip
        ),
        format!("  Their secret {secret}"),
        format!("  PIN          {pin}   log on at a shared phone with *9419"),
        "  Try          *43 to hear yourself, *44 for music, 200 for the team Sales".into(),
    ]
}

/// What to type into a browser.
fn address(config: &Config) -> String {
    let port = config.listen.portal.port();
    match &config.public.host {
        Some(host) => format!("https://{host}:{port}"),
        None if config.listen.portal.ip().is_unspecified() || is_local_only(config.listen.portal.ip()) => {
            format!("https://localhost:{port}")
        }
        None => format!("https://{}", config.listen.portal),
    }
}
