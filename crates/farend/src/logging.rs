//! Where spans and events go: standard error, as text or JSON.

mod queue;

use std::sync::OnceLock;

use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, reload};

use crate::config::{Log, LogFormat};
use crate::flight::lines::Keep;
use queue::Queue;

/// Replaces the filter of the running program.
static CHANGE: OnceLock<Box<dyn Fn(EnvFilter) + Send + Sync>> = OnceLock::new();

/// What has been logged and is not written yet.
static QUEUE: OnceLock<Queue> = OnceLock::new();

/// Starts logging for the whole program. `FAREND_LOG` overrides the level with a filter, e.g. `farend::portal=debug`.
///
/// Does nothing when logging has been started already (tests).
pub fn start(log: &Log) {
    let (filter, handle) = reload::Layer::new(filter(log));
    let lines = tracing_subscriber::fmt::layer().with_writer(writer(log.format));
    let lines = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let subscriber = tracing_subscriber::registry().with(filter).with(lines).with(Keep);
    // Fails only when a subscriber is there already.
    let _already_started = subscriber
        .try_init()
        .map(|()| CHANGE.set(Box::new(move |filter| changed(handle.reload(filter)))));
}

/// Waits a moment for the last lines: to be called before the program ends.
pub fn flush() {
    if let Some(queue) = QUEUE.get() {
        queue.flush();
    }
}

/// Standard error behind a queue; without one where the system gives no thread.
fn writer(format: LogFormat) -> BoxMakeWriter {
    let lost = match format {
        LogFormat::Text => |lines| format!("WARN farend::logging: {lines} lines of the log were lost: whoever reads it does not keep up\n"),
        LogFormat::Json => |lines| format!("{{\"level\":\"WARN\",\"message\":\"lines of the log were lost\",\"lines\":{lines}}}\n"),
    };
    match Queue::start(std::io::stderr(), lost) {
        Ok(queue) => BoxMakeWriter::new(QUEUE.get_or_init(|| queue).clone()),
        Err(_no_thread) => BoxMakeWriter::new(std::io::stderr),
    }
}

/// Another level from now on; the format stays.
pub fn change(log: &Log) {
    if let Some(change) = CHANGE.get() {
        change(filter(log));
    }
}

fn filter(log: &Log) -> EnvFilter {
    let filter = std::env::var("FAREND_LOG").ok().and_then(|filter| EnvFilter::try_new(filter).ok());
    // The database driver tells every statement at DEBUG; nobody who asks for our DEBUG wants that.
    filter.unwrap_or_else(|| EnvFilter::new(format!("{},sqlx=warn,str0m=warn", log.level.as_str())))
}

fn changed(result: Result<(), reload::Error>) {
    if let Err(error) = result {
        tracing::error!(%error, "the level of the log could not be changed");
    }
}
