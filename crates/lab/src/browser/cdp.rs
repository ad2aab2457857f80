//! The DevTools protocol over the browser's pipe: JSON messages that end in a zero byte.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};

/// An answer that takes longer means that the browser hangs.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// A browser that answers.
#[derive(Debug)]
pub(super) struct Cdp {
    to_browser: Mutex<ChildStdin>,
    waiting: Waiting,
    next_id: AtomicU64,
}

type Waiting = Arc<Mutex<BTreeMap<u64, Sender<Value>>>>;

impl Cdp {
    /// Takes the pipe of a browser; what its pages write to their consoles goes to `console`.
    pub(super) fn new(browser: &mut Child, console: &Path) -> anyhow::Result<Cdp> {
        let to_browser = browser.stdin.take().context("the browser has no pipe to write to")?;
        let from_browser = browser.stdout.take().context("the browser has no pipe to read from")?;
        let console = File::create(console).with_context(|| console.display().to_string())?;
        let waiting = Waiting::default();
        let answers = Arc::clone(&waiting);
        std::thread::spawn(move || read(from_browser, &answers, console));
        Ok(Cdp {
            to_browser: Mutex::new(to_browser),
            waiting,
            next_id: AtomicU64::new(1),
        })
    }

    /// Calls a method, of a page when a session is given.
    pub(super) fn call(&self, session: Option<&str>, method: &str, params: &Value) -> anyhow::Result<Value> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let answer = self.expect_answer(id)?;
        {
            let mut pipe = self
                .to_browser
                .lock()
                .map_err(|_| anyhow::anyhow!("another call to the browser has panicked"))?;
            pipe.write_all(message.to_string().as_bytes())?;
            pipe.write_all(&[0])?;
            pipe.flush()?;
        }
        let mut answer = answer
            .recv_timeout(ANSWER_LIMIT)
            .with_context(|| format!("the browser does not answer to {method}"))?;
        if let Some(error) = answer.get("error") {
            bail!("{method}: {error}");
        }
        Ok(answer["result"].take())
    }

    fn expect_answer(&self, id: u64) -> anyhow::Result<Receiver<Value>> {
        let (sender, receiver) = channel();
        self.waiting
            .lock()
            .map_err(|_| anyhow::anyhow!("the reader of the browser's pipe has panicked"))?
            .insert(id, sender);
        Ok(receiver)
    }
}

fn read(pipe: ChildStdout, waiting: &Waiting, mut console: File) {
    let mut pipe = BufReader::new(pipe);
    let mut message = Vec::new();
    while pipe.read_until(0, &mut message).is_ok_and(|length| length > 0) {
        message.pop();
        if let Ok(value) = serde_json::from_slice::<Value>(&message) {
            match value["id"].as_u64() {
                Some(id) => {
                    let sender = waiting.lock().ok().and_then(|mut waiting| waiting.remove(&id));
                    // Nobody waits any more for an answer that came too late.
                    let _ = sender.map(|sender| sender.send(value));
                }
                None => note(&value, &mut console),
            }
        }
        message.clear();
    }
    // Whoever still waits learns at once that the browser is gone.
    if let Ok(mut waiting) = waiting.lock() {
        waiting.clear();
    }
}

/// Keeps what a page said on its console, and its uncaught errors.
fn note(event: &Value, console: &mut File) {
    let params = &event["params"];
    let line = match event["method"].as_str() {
        Some("Runtime.consoleAPICalled") => {
            let words: Vec<String> = params["args"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|word| word["value"].as_str().map_or_else(|| word.to_string(), str::to_owned))
                .collect();
            format!("{}: {}", params["type"].as_str().unwrap_or("log"), words.join(" "))
        }
        Some("Runtime.exceptionThrown") => format!("uncaught: {}", params["exceptionDetails"]),
        Some("Log.entryAdded") => format!(
            "{}: {}",
            params["entry"]["source"].as_str().unwrap_or("log"),
            params["entry"]["text"]
        ),
        Some(_) | None => return,
    };
    // A full disk must not end the test.
    let _ = writeln!(console, "{line}");
}
