//! The command line. Data goes to standard output (`--json` where a program reads it), errors to standard error as one
//! sentence with the remedy; the exit status is 0 only when the command did its job.

mod announcement;
mod audit;
mod device;
mod doctor;
mod features;
mod group;
mod menu;
mod nat;
mod place;
mod prompt;
mod recording;
mod room;
mod serve;
mod team;
mod trunk;
mod user;

use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::config::Config;

/// Where the configuration is looked for.
const CONFIG: &str = "/etc/farend/farend.toml";

/// The office phone, at home: one server, one port.
#[derive(Parser)]
#[command(
    name = "farend",
    version,
    after_help = "Example:\n  farend demo        a company to try things out, on https://localhost:8802"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server
    #[command(after_help = "Example:\n  farend serve --config /etc/farend/farend.toml\n\n\
        SIGTERM drains: no new calls, running ones may end. SIGHUP reads the configuration and the certificate again.")]
    Serve {
        /// The configuration file
        #[arg(long, value_name = "FILE", default_value = CONFIG)]
        config: PathBuf,
    },
    /// Runs the server with a demo company: 101 Anna, 102 Ben, 103 Cleo and admin
    #[command(after_help = "Example:\n  FAREND_DEMO_PASSWORD=open-sesame farend demo --bind 0.0.0.0\n\n\
        FAREND_DEMO_PASSWORD, FAREND_DEMO_SIP_SECRET and FAREND_DEMO_PIN set the passwords of all people and of all desk phones, and the PIN\n\
        with which people log on at the shared phone; otherwise they are made up and printed at the first start.")]
    Demo(serve::Demo),
    /// Checks a configuration file: file, line, key, what is wrong, what to write
    #[command(after_help = "Example:\n  farend check --config /etc/farend/farend.toml")]
    Check {
        /// The configuration file
        #[arg(long, value_name = "FILE", default_value = CONFIG)]
        config: PathBuf,
    },
    /// Adds, lists, changes and removes people
    #[command(subcommand, after_help = "Example:\n  farend user add 104 \"Dora\"")]
    User(user::Command),
    /// Adds, lists, changes and removes phones
    #[command(subcommand, after_help = "Example:\n  farend device add 104 --label \"Desk phone\"")]
    Device(device::Command),
    /// Adds, lists, changes and removes teams: one number that several people answer
    #[command(subcommand, after_help = "Example:\n  farend team add 200 Sales --members 101,102,103 --line")]
    Team(team::Command),
    /// Adds, lists and removes conference rooms
    #[command(subcommand, after_help = "Example:\n  farend room add 800 \"Meeting room\" --hosts 101")]
    Room(room::Command),
    /// Adds, lists, changes and removes pick-up groups: people who may answer each other's ringing calls
    #[command(subcommand, after_help = "Example:\n  farend group add Office --members 101,102,103")]
    Group(group::Command),
    /// Lists, exports and deletes recordings, and shows which calls are recorded
    #[command(subcommand, after_help = "Example:\n  farend recording export 12-3 --to call.ogg")]
    Recording(recording::Command),
    /// Adds, lists, changes and removes menus: attendants whose callers choose by keys where their call goes
    #[command(
        subcommand,
        after_help = "Example:\n  farend menu add 700 Reception --key 1=200 --key 2=102 --extensions --otherwise 101"
    )]
    Menu(menu::Command),
    /// Adds, lists and removes announcements that menus play
    #[command(subcommand, after_help = "Example:\n  farend announcement add \"Our office is closed\" closed.mp3")]
    Announcement(announcement::Command),
    /// Lists and replaces what farend itself says, and chooses its language
    #[command(subcommand, after_help = "Example:\n  farend prompt replace welcome de welcome.wav")]
    Prompt(prompt::Command),
    /// Lists star codes: what is dialled for which feature
    #[command(after_help = "Example:\n  farend features --json")]
    Features(features::Features),
    /// Tells who has changed what, newest first
    #[command(after_help = "Example:\n  farend audit --limit 20")]
    Audit(audit::Audit),
    /// Adds, lists and removes trunks: calls to and from the world
    #[command(
        subcommand,
        after_help = "Example:\n  farend trunk add \"Example Telecom\" sip.example.com --user 4989123450 --password-stdin < password"
    )]
    Trunk(trunk::Command),
    /// Finds out how the NAT between here and the internet behaves, with STUN servers
    #[command(after_help = "Example:\n  farend nat --stun stun.example.com --stun 198.51.100.20:3478\n\n\
        Ends within five seconds, with --lifetime within six minutes. Two servers on different hosts tell whether the NAT is symmetric; one that knows RFC 5780\n\
        tells how it filters as well.")]
    Nat(nat::Nat),
    /// Tells what is wrong with the audio, as the running server has found it: what, by what it was seen, what to do; or what was recorded of one call
    #[command(after_help = "Example:\n  farend doctor --language de\n  farend doctor --call 3-17\n\n\
        Exit status 0: no finding is worse than a note. 1: one is. 2: it could not be looked at, because the server does not run or its database\n\
        cannot be read.")]
    Doctor(doctor::Doctor),
    /// Prints the description of the REST interface (OpenAPI 3.1)
    #[command(hide = true, after_help = "Example:\n  farend openapi > openapi.json")]
    Openapi,
}

/// Does what the arguments say.
#[must_use]
pub fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(status) => status,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// One sentence with the remedy.
fn complain(error: &anyhow::Error) {
    // Nothing can be done about a closed standard error.
    let _closed = writeln!(std::io::stderr(), "farend: {error:#}");
}

/// The exit status of a command that did its job.
fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let done = match arguments.command {
        // Its exit status is an answer.
        Command::Doctor(doctor) => return runtime().map(|runtime| runtime.block_on(doctor::run(doctor))),
        Command::Serve { config } => serve::serve(&config),
        Command::Demo(demo) => serve::demo(demo),
        Command::Check { config } => check(&config),
        Command::User(command) => block_on(user::run(command)),
        Command::Device(command) => block_on(device::run(command)),
        Command::Team(command) => block_on(team::run(command)),
        Command::Room(command) => block_on(room::run(command)),
        Command::Group(command) => block_on(group::run(command)),
        Command::Recording(command) => block_on(recording::run(command)),
        Command::Menu(command) => block_on(menu::run(command)),
        Command::Announcement(command) => block_on(announcement::run(command)),
        Command::Prompt(command) => block_on(prompt::run(command)),
        Command::Features(features) => block_on(features::run(features)),
        Command::Audit(audit) => block_on(audit::run(audit)),
        Command::Trunk(command) => block_on(trunk::run(command)),
        Command::Nat(nat) => block_on(nat::run(nat)),
        Command::Openapi => print(&crate::api::openapi_json()),
    };
    done.map(|()| ExitCode::SUCCESS)
}

fn check(config: &std::path::Path) -> anyhow::Result<()> {
    let read = Config::read(config)?;
    let file = config.display();
    if let Some(tls) = &read.tls {
        crate::certificate::check(tls).with_context(|| format!("{file}: [tls] cannot be used"))?;
    }
    print(&format!("{file}: nothing is wrong.\n"))
}

/// Runs a command that talks to the database.
fn block_on(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    runtime()?.block_on(command)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().context("cannot start: the system gives no resources")
}

/// Writes data for whoever asked.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// As JSON, with a line end.
fn print_json(value: &serde_json::Value) -> anyhow::Result<()> {
    print(&format!("{value:#}\n"))
}

/// `farend user list | head -1` is not an error.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_well_defined_and_every_command_has_an_example() {
        fn check(command: &clap::Command) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.starts_with("Example:\n  "), "{} has no example", command.get_name());
            for sub in command.get_subcommands() {
                check(sub);
            }
        }
        Arguments::command().debug_assert();
        check(&Arguments::command());
    }
}
