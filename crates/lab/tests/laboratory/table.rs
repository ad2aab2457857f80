//! The matrix as people read it, and which cells break the promise.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;
use std::time::Duration;

use lab::process::report;
use lab::{Home, Office};

use crate::matrix::{HOMES, OFFICES};
use crate::stage::{Cell, Heard};

/// The first sound comes within this time in every cell.
const FIRST_SOUND_MAX: Duration = Duration::from_millis(1500);
/// And within this time where UDP is selected.
const FIRST_SOUND_OVER_UDP_MAX: Duration = Duration::from_millis(500);

/// All homes with one office.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) office: Office,
    pub(crate) cells: Vec<Cell>,
}

impl Column {
    /// Keeps the column, and writes the table of all that were ever kept to `matrix/matrix.md` beside the test's folder.
    pub(crate) fn keep(&self, folder: &Path) -> anyhow::Result<()> {
        let folder = folder.with_file_name("matrix");
        fs::create_dir_all(&folder)?;
        let column: BTreeMap<String, String> = self.cells.iter().map(|cell| (cell.home.to_string(), cell.to_string())).collect();
        fs::write(file_of(self.office, &folder), serde_json::to_string_pretty(&column)?)?;
        let table = folder.join("matrix.md");
        fs::write(&table, table_of(&folder))?;
        report(&format!("the table is {}", table.display()));
        Ok(())
    }

    /// The cells that break the promise, and how.
    pub(crate) fn broken(&self) -> Vec<String> {
        let complaints = self.cells.iter().filter_map(|cell| Some((cell.home, cell.complaint()?)));
        complaints
            .map(|(home, complaint)| format!("{home} × {}: {complaint}", self.office))
            .collect()
    }
}

fn file_of(office: Office, folder: &Path) -> std::path::PathBuf {
    folder.join(format!("{}.json", office.to_string().replace(' ', "-")))
}

fn table_of(folder: &Path) -> String {
    let columns = OFFICES.map(|office| -> BTreeMap<String, String> {
        let text = fs::read(file_of(office, folder)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    });
    let mut table = String::from(
        "Media selected, with the kinds of the browser's and the server's candidate over UDP, and the time from the answer to the first sound \
         in the page and at the desk phone. Rows: where the browser is. Columns: how the office is connected.\n\n| |",
    );
    for office in OFFICES {
        // Writing to a string cannot fail.
        let _ = write!(table, " {office} |");
    }
    table += &format!("\n|{}\n", "---|".repeat(OFFICES.len() + 1));
    for home in HOMES {
        let _ = write!(table, "| **{home}** |");
        for column in &columns {
            let _ = write!(table, " {} |", column.get(&home.to_string()).map_or("not measured", String::as_str));
        }
        table.push('\n');
    }
    table
}

impl Cell {
    fn complaint(&self) -> Option<String> {
        let heard = match &self.heard {
            Ok(heard) => heard,
            Err(why) => return Some(why.clone()),
        };
        if self.udp_is_possible && !heard.over_udp() {
            return Some("UDP is possible and was not selected".to_owned());
        }
        let limit = if heard.over_udp() {
            FIRST_SOUND_OVER_UDP_MAX
        } else {
            FIRST_SOUND_MAX
        };
        let late = heard.at_phone.max(heard.in_page);
        (late > limit).then(|| {
            format!(
                "the first sound came after {} ms, not within {} ms",
                late.as_millis(),
                limit.as_millis()
            )
        })
    }
}

impl Heard {
    fn over_udp(&self) -> bool {
        self.path.protocol == "udp" && self.path.relayed_over.is_none()
    }
}

impl fmt::Display for Column {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "office: {}", self.office)?;
        for cell in &self.cells {
            let home: &Home = &cell.home;
            writeln!(out, "  {:24} {cell}, {} ms in all", home.to_string(), cell.took.as_millis())?;
        }
        Ok(())
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(heard) = &self.heard else {
            return out.write_str("no audio");
        };
        let (page_ms, phone_ms) = (heard.in_page.as_millis(), heard.at_phone.as_millis());
        if let Some(protocol) = &heard.path.relayed_over {
            write!(out, "TURN over {}, {page_ms}/{phone_ms} ms", protocol.to_uppercase())
        } else if heard.over_udp() {
            let (local, remote) = (&heard.path.local_kind, &heard.path.remote_kind);
            write!(out, "UDP {local}–{remote}, {page_ms}/{phone_ms} ms")
        } else {
            write!(out, "{}, {page_ms}/{phone_ms} ms", heard.path.protocol.to_uppercase())
        }
    }
}
