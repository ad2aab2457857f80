//! Where spans and events go: standard error, as text or JSON.

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts logging for the whole program. `FAREND_LOG` overrides the level with a filter, e.g. `farend::portal=debug`.
///
/// Does nothing when logging has been started already (tests).
pub fn start(log: &Log) {
    let filter = std::env::var("FAREND_LOG").ok().and_then(|filter| EnvFilter::try_new(filter).ok());
    // The database driver tells every statement at DEBUG; nobody who asks for our DEBUG wants that.
    let filter = filter.unwrap_or_else(|| EnvFilter::new(format!("{},sqlx=warn,str0m=warn", log.level.as_str())));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Fails only when a subscriber is there already.
    let _already_started = match log.format {
        LogFormat::Text => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}
