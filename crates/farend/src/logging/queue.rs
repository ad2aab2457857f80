//! The log behind a bounded queue: when nobody reads it, lines are lost and counted, and calls go on.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// Lines that wait to be written.
const LINES_MAX: usize = 4_096;
/// Of one line; the rest is cut off.
const LINE_BYTES_MAX: usize = 16 * 1024;
/// How long the program's end waits for the last lines.
const FAREWELL_MAX: Duration = Duration::from_secs(1);

/// The way into the log; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    entries: SyncSender<Entry>,
    lost: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Entry {
    Line(Vec<u8>),
    /// Everything before it has been written.
    Written(SyncSender<()>),
}

impl Queue {
    /// Starts the thread that writes. `lost` words how many lines were lost.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub(super) fn start(out: impl Write + Send + 'static, lost: fn(u64) -> String) -> io::Result<Self> {
        let (entries, queued) = sync_channel(LINES_MAX);
        let queue = Self {
            entries,
            lost: Arc::default(),
        };
        let counted = Arc::clone(&queue.lost);
        std::thread::Builder::new()
            .name("log".into())
            .spawn(move || write(out, &queued, &counted, lost))?;
        Ok(queue)
    }

    /// Waits until what was logged before has been written, but not for ever.
    pub(super) fn flush(&self) {
        let (written, wait) = sync_channel(1);
        if self.entries.try_send(Entry::Written(written)).is_ok() {
            let _late = wait.recv_timeout(FAREWELL_MAX);
        }
    }
}

fn write(mut out: impl Write, queued: &Receiver<Entry>, counted: &AtomicU64, lost: fn(u64) -> String) {
    // A closed standard error leaves nobody to tell.
    while let Ok(entry) = queued.recv() {
        match entry {
            Entry::Line(line) => {
                let _closed = out.write_all(&line);
            }
            Entry::Written(written) => {
                let _closed = out.flush();
                let _nobody_waits = written.send(());
            }
        }
        let lines = counted.swap(0, Ordering::Relaxed);
        if lines > 0 {
            let _closed = out.write_all(lost(lines).as_bytes());
        }
    }
}

/// One line on its way into the queue: the subscriber writes each in one piece.
#[derive(Debug)]
pub(super) struct Line<'a>(&'a Queue);

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut kept = line.get(..LINE_BYTES_MAX).unwrap_or(line).to_vec();
        if kept.len() < line.len() {
            kept.push(b'\n');
        }
        if self.0.entries.try_send(Entry::Line(kept)).is_err() {
            self.0.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Queue {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Writes nothing until it is told to.
    struct Stalled {
        go: Receiver<()>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Stalled {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Once told, it goes on for good: the other end is dropped.
            let _goes_on = self.go.recv();
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_log_that_nobody_reads_loses_lines_and_says_how_many() {
        let (goes, go) = sync_channel(0);
        let written = Arc::default();
        let out = Stalled {
            go,
            written: Arc::clone(&written),
        };
        let queue = Queue::start(out, |lines| format!("{lines} lost\n")).unwrap();
        queue.make_writer().write_all(b"first\n").unwrap();
        // Once the thread is stuck with the first line, exactly as many fit as may wait.
        while queue.lost.load(Ordering::Relaxed) == 0 {
            queue.make_writer().write_all(b"line\n").unwrap();
        }
        for _ in 0..9 {
            queue.make_writer().write_all(b"line\n").unwrap();
        }
        let lost = queue.lost.load(Ordering::Relaxed);
        drop(goes);
        while !String::from_utf8_lossy(&written.lock().unwrap()).contains(" lost\n") {
            queue.flush();
        }
        let written = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert!(lost >= 1 && written.starts_with("first\n"), "{lost}: {written}");
    }

    #[test]
    fn a_very_long_line_is_cut() {
        let written = Arc::<Mutex<Vec<u8>>>::default();
        let (goes, go) = sync_channel(0);
        drop(goes);
        let out = Stalled {
            go,
            written: Arc::clone(&written),
        };
        let queue = Queue::start(out, |_| String::new()).unwrap();
        queue.make_writer().write_all(&[b'x'; 2 * LINE_BYTES_MAX]).unwrap();
        queue.flush();
        let written = written.lock().unwrap();
        assert_eq!((written.len(), written.last()), (LINE_BYTES_MAX + 1, Some(&b'\n')));
    }
}
