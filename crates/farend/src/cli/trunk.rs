//! `farend trunk …`

mod profile;

use std::time::Duration;

use anyhow::Context as _;
use clap::Subcommand;
use model::StunServer;
use model::control::Srtp;
use model::host::is_host;
use numbers::{Block, E164, Format};
use serde_json::json;
use switchboard::directory::{self, Account, Forwarded, IdentityHeader, Target};
use switchboard::trunks::{self, Trust};

use super::place::{Place, explain, line_from_stdin};
use crate::store::name::{Label, SipUser};
use crate::store::{InboundNumber, NumberId, Store, Trunk};

/// How long registrations shall last; the administration page can change it.
const EXPIRES: Duration = Duration::from_secs(600);
/// How often OPTIONS asks whether the provider lives.
const PING_EVERY: Duration = Duration::from_secs(60);

#[derive(Subcommand)]
pub(super) enum Command {
    /// Adds a trunk with one account, or with none where the provider knows us by our address
    #[command(
        after_help = "Example:\n  farend trunk add \"Example Telecom\" sip.example.com --user 4989123450 --password-stdin \
        --number \"+498912345(00-99)\" < password\n  farend trunk add Telekom --profile telekom --user 4989123450 --password-stdin < password\n\n\
        The administration page can change everything else: transport, encryption, how numbers are written."
    )]
    Add {
        /// For people
        name: String,
        /// The registrar or outbound proxy; not needed where the profile knows it
        #[arg(required_unless_present = "profile")]
        host: Option<String>,
        /// What is known about the provider fills what is not given: the name of a profile, such as telekom
        #[arg(long, value_name = "NAME")]
        profile: Option<String>,
        /// The provider's own STUN server
        #[arg(long, value_name = "HOST[:PORT]")]
        stun: Option<StunServer>,
        /// The account: the user part of its address
        #[arg(long, requires = "password_stdin")]
        user: Option<String>,
        /// Takes the account's password from the first line of standard input
        #[arg(long, requires = "user")]
        password_stdin: bool,
        /// Our numbers by this trunk, one or a block of them: calls go to the extension behind the head
        #[arg(long = "number", value_name = "BLOCK")]
        numbers: Vec<String>,
        /// Shown for people who have no number of their own
        #[arg(long, value_name = "NUMBER")]
        shown: Option<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Lists trunks as they are configured
    #[command(after_help = "Example:\n  farend trunk list --json")]
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Removes a trunk with the numbers that are only reached by it
    #[command(after_help = "Example:\n  farend trunk remove \"Example Telecom\"")]
    Remove {
        /// Its name
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add {
            name,
            host,
            profile,
            stun,
            user,
            password_stdin: _,
            numbers,
            shown,
            json,
            place,
        } => {
            let known = profile.map(|id| profile::find(&place.data_dir()?, &id)).transpose()?;
            let host = match (host, &known) {
                (Some(host), _) => host,
                (None, Some(profile)) => profile::host(profile)?.to_owned(),
                (None, None) => unreachable!("clap asks for one of them"),
            };
            let mut trunk = trunk(&name, &host, shown.as_deref())?;
            trunk.terms.stun = stun;
            let numbers = blocks(&numbers)?;
            trunk.terms.accounts = user.as_deref().map(account).transpose()?.into_iter().collect();
            if let Some(profile) = &known {
                profile::fill(&mut trunk, profile)?;
            }
            let store = place.open().await?;
            trunk.terms.id = store.add_trunk(&trunk).await.map_err(explain)?;
            for block in numbers {
                add_number(&store, &trunk, block).await?;
            }
            if json {
                return super::print_json(&as_json(&trunk));
            }
            super::print(&as_line(&trunk))
        }
        Command::List { json, place } => {
            let trunks = place.open().await?.trunks().await?;
            if json {
                return super::print_json(&json!({ "trunks": trunks.iter().map(as_json).collect::<Vec<_>>() }));
            }
            super::print(&trunks.iter().map(as_line).collect::<String>())
        }
        Command::Remove { name, place } => {
            let store = place.open().await?;
            let found = store.trunks().await?.into_iter().find(|trunk| trunk.terms.name == name);
            let found = found.with_context(|| format!("no trunk has the name {name}; `farend trunk list` shows all"))?;
            store.remove_trunk(found.terms.id).await.map_err(explain)?;
            super::print(&format!("Removed {name}.\n"))
        }
    }
}

fn trunk(name: &str, host: &str, shown: Option<&str>) -> anyhow::Result<Trunk> {
    anyhow::ensure!(
        is_host(host),
        "{host} is not the name of a host: write it alone, such as sip.example.com"
    );
    let number = shown.map(str::parse::<E164>).transpose();
    Ok(Trunk {
        enabled: true,
        profile: None,
        terms: directory::Trunk {
            id: model::TrunkId(0),
            name: Label::parse(name).context("the name cannot be used")?.as_str().to_owned(),
            place: trunks::Place {
                host: host.to_ascii_lowercase(),
                port: None,
                transport: None,
                from: None,
            },
            stun: None,
            trust: Trust::Public,
            domain: host.to_ascii_lowercase(),
            accounts: Vec::new(),
            srtp: Srtp::Accepted,
            ping_every: Some(PING_EVERY),
            networks: Vec::new(),
            identity: IdentityHeader::default(),
            forwarded: Forwarded::default(),
            outgoing: Format::Plus,
            incoming: Format::Plus,
            number: number.context("--shown cannot be used")?,
            echo_number: None,
        },
    })
}

fn account(user: &str) -> anyhow::Result<Account> {
    let plain = user.trim_start_matches('+');
    SipUser::parse(plain).with_context(|| format!("{user} cannot be the user of an account"))?;
    let password = line_from_stdin()?;
    anyhow::ensure!(
        (1..=128).contains(&password.chars().count()),
        "the password cannot be used: use 128 characters at most"
    );
    Ok(Account {
        user: user.to_owned(),
        auth_user: None,
        password,
        realm: None,
        contact_user: None,
        expires: Some(EXPIRES),
    })
}

fn blocks(written: &[String]) -> anyhow::Result<Vec<Block>> {
    let block = |text: &String| {
        text.replace(' ', "")
            .parse::<Block>()
            .with_context(|| format!("{text} cannot be used"))
    };
    written.iter().map(block).collect()
}

/// The trunk is there already: what is wrong with a number is told, and the number can be added by the administration page.
async fn add_number(store: &Store, trunk: &Trunk, block: Block) -> anyhow::Result<()> {
    let number = InboundNumber {
        id: NumberId(0),
        trunk: Some(trunk.terms.id),
        block,
        target: Target::Extension,
    };
    let added = store.add_number(&number).await.map_err(explain);
    added
        .map(drop)
        .with_context(|| format!("{} is added, but {block} is not", trunk.terms.name))
}

fn as_json(trunk: &Trunk) -> serde_json::Value {
    let users: Vec<&str> = trunk.terms.accounts.iter().map(|account| account.user.as_str()).collect();
    let stun = trunk.terms.stun.as_ref().map(ToString::to_string);
    json!({
        "id": trunk.terms.id.0, "name": trunk.terms.name, "enabled": trunk.enabled, "profile": trunk.profile,
        "host": trunk.terms.place.host, "stun": stun, "accounts": users,
    })
}

fn as_line(trunk: &Trunk) -> String {
    let users: Vec<&str> = trunk.terms.accounts.iter().map(|account| account.user.as_str()).collect();
    let (state, accounts) = (if trunk.enabled { "enabled" } else { "disabled" }, users.join(", "));
    format!("{:<24} {:<9} {:<32} {accounts}\n", trunk.terms.name, state, trunk.terms.place.host)
}
