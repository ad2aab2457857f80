//! Somebody before the check page.

use std::fmt;
use std::time::{Duration, Instant};

use lab::net::addresses::PBX;
use lab::process::report;
use lab::server::{PORT, Session};
use lab::{Browser, wait};
use serde_json::json;

/// No check lasts longer.
const VERDICT_LIMIT: Duration = Duration::from_secs(75);
const VERDICTS: [&str; 4] = [
    "All is well",
    "It works, with reservations",
    "Something is in the way",
    "It cannot be told",
];

/// Somebody whose browser shows the check page.
pub(crate) struct Visitor {
    pub(crate) browser: Browser,
}

/// What a check has come to, as it stands on the screen.
pub(crate) struct Seen {
    /// The verdict.
    pub(crate) heading: String,
    /// From pressing start to the verdict.
    pub(crate) took: Duration,
    /// All words of the page, with the experts' part.
    words: String,
}

impl Visitor {
    /// With a link that an administrator has made, and nothing else.
    pub(crate) fn by_link(browser: Browser, admin: &Session, label: &str) -> Visitor {
        let made = admin.post("/api/v1/check/links", &json!({ "label": label })).unwrap();
        let link = format!("https://{PBX}:{PORT}{}", made["url"].as_str().unwrap());
        browser.visit(&link).unwrap();
        Visitor { browser }
    }

    /// Of the company: the check is a page of the app.
    pub(crate) fn signed_in(browser: Browser, name: &str) -> Visitor {
        browser.sign_in(&format!("https://{PBX}:{PORT}"), name).unwrap();
        browser.visit(&format!("https://{PBX}:{PORT}/#/check")).unwrap();
        Visitor { browser }
    }

    /// Somebody else of the company signs in at the same browser.
    pub(crate) fn makes_room_for(self, name: &str) -> Visitor {
        self.browser.forget_session().unwrap();
        Visitor::signed_in(self.browser, name)
    }

    /// Loads the page of the app again.
    pub(crate) fn starts_anew(&self) {
        self.browser.visit("about:blank").unwrap();
        self.browser.visit(&format!("https://{PBX}:{PORT}/#/check")).unwrap();
    }

    /// Lets the line be measured, and answers no question.
    pub(crate) fn checks_the_line(&self) -> Seen {
        self.checks(|browser| browser.click_away("button", "Skip all questions"))
    }

    /// Answers all questions as well.
    pub(crate) fn checks_everything(&self) -> Seen {
        self.checks(|browser| {
            is_heard(browser);
            for answer in ["I have spoken", "Play the sound", "I hear it", "Record", "I hear myself", "Skip"] {
                browser.click("button", answer);
            }
        })
    }

    /// Answers as this does.
    pub(crate) fn checks(&self, answer: impl FnOnce(&Browser)) -> Seen {
        let browser = &self.browser;
        browser.click("button", "Start the check");
        let begun = Instant::now();
        answer(browser);
        let mut heading = None;
        wait::until_true_seldom("there is a verdict", VERDICT_LIMIT, || {
            heading = VERDICTS.into_iter().find(|verdict| browser.shows("heading", verdict));
            heading.is_some()
        });
        let took = begun.elapsed();
        let too_wide = browser.keep_pictures("verdict").unwrap();
        assert!(too_wide.is_empty(), "the verdict is wider than the window: {too_wide:?}");
        browser.click("DisclosureTriangle", "Details for experts");
        let words = browser.evaluate("document.querySelector('main').innerText").unwrap();
        let seen = Seen {
            heading: heading.unwrap_or_default().to_owned(),
            took,
            words: words.as_str().unwrap().to_owned(),
        };
        report(&seen.to_string());
        browser.keep_pictures("details").unwrap();
        seen
    }
}

fn is_heard(browser: &Browser) {
    wait::until_true_seldom("the microphone is heard", VERDICT_LIMIT, || browser.reads("We hear you well."));
}

impl Seen {
    /// Whether this stands on the page.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.words.contains(words)
    }

    /// Whether the tone came back by a way, as the experts' table names it.
    pub(crate) fn has_sound(&self, way: &str) -> bool {
        let mut rows = self.words.lines().map(|row| row.split('\t').collect::<Vec<_>>());
        rows.any(|cells| cells.len() > 2 && cells[0] == way && cells[2] == "Yes")
    }

    /// Server-reflexive candidates in the experts' table.
    pub(crate) fn seen_from_outside(&self) -> usize {
        self.words.lines().filter(|row| row.starts_with("Seen from outside, UDP\t")).count()
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{} after {:.1} s", self.heading, self.took.as_secs_f32())?;
        out.write_str(&self.words)
    }
}
