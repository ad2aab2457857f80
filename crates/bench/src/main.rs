//! The benchmarks (`make bench`): the built server under load, beside its targets and its peers.
//!
//! Starts `farend demo` with ports and data of its own, lets SIPp register and call, then talks itself: desk phones over RTP, and browsers
//! by str0m. CPU is the server process's own (`/proc/<pid>/stat`), so that the load generator beside it does not count;
//! latency includes the generator's and the kernel's share, as it does for the peers. Conferences are measured beside it, on a media thread of our
//! own.

mod browser;
mod conference;
mod evidence;
mod figures;
mod media_load;
mod recording;
mod server;
mod signalling;
mod sipp;
mod table;
mod voice;
mod web;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;

use conference::Parties;
use media::audio::codec::Codec;
use media_load::{Kind, MediaLoad};
use server::Server;
use signalling::Signalling;
use table::Table;

/// What the built server costs, beside its targets and its peers.
#[derive(Parser)]
#[command(after_help = "Example:\n  bench --farend target/release/farend --quick")]
struct Arguments {
    /// The server's program [default: farend beside this program]
    #[arg(long, value_name = "FILE")]
    farend: Option<PathBuf>,
    /// A fifth of the load: minutes become seconds, and figures coarse
    #[arg(long)]
    quick: bool,
    /// Calls that talk at the same time [default: 100, quick 20]
    #[arg(long, value_name = "N")]
    calls: Option<usize>,
    /// Only this part
    #[arg(long, value_enum)]
    only: Option<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Sip,
    Media,
    Conference,
    /// Conferences through the server alone
    Room,
    Recording,
}

/// How much load there is.
#[derive(Clone, Copy, Debug)]
struct Size {
    registrations: usize,
    calls_in_turn: usize,
    calls_at_once: usize,
    talk: Duration,
}

const FULL: Size = Size {
    registrations: 10_000,
    calls_in_turn: 2_000,
    calls_at_once: 100,
    talk: Duration::from_secs(30),
};
const QUICK: Size = Size {
    registrations: 2_000,
    calls_in_turn: 400,
    calls_at_once: 20,
    talk: Duration::from_secs(6),
};

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut size = if arguments.quick { QUICK } else { FULL };
    size.calls_at_once = arguments.calls.unwrap_or(size.calls_at_once);
    let program = match arguments.farend {
        Some(program) => program,
        None => std::env::current_exe()?.with_file_name("farend"),
    };
    let start = || Server::start(&program).with_context(|| format!("cannot run {}; build it with `make build`", program.display()));
    let mut table = Table::default();
    if matches!(arguments.only, None | Some(Part::Sip)) {
        let mut server = start()?;
        bench_sip(&mut server, size, &mut table)?;
        server.stop()?;
    }
    if matches!(arguments.only, None | Some(Part::Media)) {
        for kind in Kind::CALLS {
            // A new server each: memory that one kind of calls has left free would be given to the next.
            let mut server = start()?;
            MediaLoad::run(&mut server, kind, size.calls_at_once, size.talk, &mut table)
                .with_context(|| format!("{} calls", kind.name()))?;
            server.stop()?;
        }
    }
    if matches!(arguments.only, None | Some(Part::Conference | Part::Room)) {
        // The demo's room takes no more.
        for parties in [10, 20] {
            let mut server = start()?;
            MediaLoad::run(&mut server, Kind::Room, parties, size.talk, &mut table).with_context(|| format!("room of {parties}"))?;
            server.stop()?;
        }
    }
    if matches!(arguments.only, None | Some(Part::Conference)) {
        for kind in Parties::ALL {
            for parties in [10, 50] {
                conference::run(kind, parties, size.talk, &mut table)
                    .with_context(|| format!("conference of {parties}, {}", kind.name()))?;
            }
        }
    }
    if matches!(arguments.only, None | Some(Part::Recording)) {
        for codec in [Codec::Pcmu, Codec::Opus] {
            recording::run(codec, &mut table)?;
        }
    }
    table.print(&format!(
        "{} registrations, {} calls in turn, {} calls at once for {} s; {} cores, other load {:.1}",
        size.registrations,
        size.calls_in_turn,
        size.calls_at_once,
        size.talk.as_secs(),
        std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        figures::load_average(),
    ))?;
    anyhow::ensure!(
        !table.has_failures(),
        "some of the load failed, see above: the figures are not worth much"
    );
    Ok(())
}

fn bench_sip(server: &mut Server, size: Size, table: &mut Table) -> anyhow::Result<()> {
    sipp::register(server, 100, 100).context("warm-up")?;
    let before = server.cpu()?;
    let outcome = sipp::register(server, size.registrations, 500)?;
    server.settle();
    let cpu = server.cpu()? - before;
    table.registrations(cpu, size.registrations, &outcome);

    for per_second in [50, 200] {
        // Registrations over UDP are short.
        sipp::register(server, 1, 1)?;
        let answering = sipp::answer(server)?;
        sipp::call(server, 50, 50).context("warm-up")?;
        server.settle();
        let (before, threads) = (server.cpu()?, server.cpu_by_thread()?);
        let outcome = sipp::call(server, size.calls_in_turn, per_second)?;
        server.settle();
        let cpu = server.cpu()? - before;
        let shares = figures::shares(&threads, &server.cpu_by_thread()?, size.calls_in_turn as f64);
        drop(answering);
        table.remark(format!("CPU per call at {per_second}/s by threads, µs: {shares}"));
        let setup_ms = Signalling::start(server)?.set_up_times(size.calls_in_turn, per_second)?;
        table.calls_in_turn(per_second, cpu, size.calls_in_turn, &outcome, &setup_ms);
    }
    Ok(())
}
