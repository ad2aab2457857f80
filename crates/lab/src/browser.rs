//! Chromium with a microphone that hears a tone, used as a person does: by what is on the page, by role and name.

mod cdp;
mod hearing;
mod phone;
mod picture;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use anyhow::{Context, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use self::cdp::Cdp;
pub use self::hearing::MediaPath;
use crate::authority::Authority;
use crate::net::Host;
use crate::process::Process;
use crate::tone::Sound;
use crate::wait;
use crate::world::{Place, World};

/// An element has to be there within this time.
const ELEMENT_LIMIT: Duration = Duration::from_secs(15);
/// The microphone repeats its tone after this time.
const TONE_SECONDS: u32 = 30;
const EAR: &str = include_str!("browser/ear.js");

/// A browser with one page.
#[derive(Debug)]
pub struct Browser {
    // Before the process, so that nobody waits for a dead browser.
    cdp: Cdp,
    session: String,
    /// Ends the browser when it goes.
    _process: Process,
    name: String,
    folder: PathBuf,
    /// Everything that was heard.
    recording: RefCell<Sound>,
}

impl Browser {
    /// Starts a browser at a place, whose microphone hears a tone.
    ///
    /// # Errors
    ///
    /// When it does not come up.
    pub fn open(world: &World, place: Place, name: &str, tone_hz: f64) -> anyhow::Result<Browser> {
        Browser::open_on(world.host(place), name, tone_hz, &[])
    }

    /// Starts a browser on a computer, with further options of its command line such as `--proxy-server=…`. It accepts every certificate of a page.
    ///
    /// # Errors
    ///
    /// When it does not come up.
    pub fn open_on(host: &Host, name: &str, tone_hz: f64, options: &[&str]) -> anyhow::Result<Browser> {
        Browser::launch(host, name, tone_hz, true, |chromium| {
            chromium.arg("--ignore-certificate-errors").args(options);
        })
    }

    /// Starts a browser on a computer without microphone and loudspeaker.
    ///
    /// # Errors
    ///
    /// When it does not come up.
    pub fn open_without_sound(world: &World, place: Place, name: &str) -> anyhow::Result<Browser> {
        Browser::open_without_sound_on(world.host(place), name)
    }

    /// The same on a computer.
    ///
    /// # Errors
    ///
    /// When it does not come up.
    pub fn open_without_sound_on(host: &Host, name: &str) -> anyhow::Result<Browser> {
        Browser::launch(host, name, 440.0, false, |chromium| {
            chromium.arg("--ignore-certificate-errors");
        })
    }

    /// Starts a browser on a computer that looks at certificates, and trusts an authority besides those that it knows.
    ///
    /// # Errors
    ///
    /// When it does not come up.
    pub fn open_trusting(authority: &Authority, host: &Host, name: &str, tone_hz: f64, options: &[&str]) -> anyhow::Result<Browser> {
        let home = host.folder().join(format!("{name}.profile/home"));
        authority.be_trusted_in(&home)?;
        Browser::launch(host, name, tone_hz, true, |chromium| {
            chromium.env("HOME", &home).args(options);
        })
    }

    fn launch(host: &Host, name: &str, tone_hz: f64, has_sound: bool, prepare: impl FnOnce(&mut Command)) -> anyhow::Result<Browser> {
        let folder = host.folder();
        let profile = folder.join(format!("{name}.profile"));
        fs::create_dir_all(&profile)?;
        let microphone = folder.join(format!("{name}.microphone.wav"));
        // The file holds a whole number of periods, so that its repetition is heard as one tone.
        Sound::sine(tone_hz, TONE_SECONDS, 48_000).write(&microphone)?;
        let mut command = command(host, &profile, has_sound.then_some(microphone.as_path()));
        prepare(&mut command);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.join(format!("{name}.log")))?)
            .spawn()
            .context("cannot start Chromium")?;
        let cdp = Cdp::new(&mut child, &folder.join(format!("{name}.console.log")));
        let process = Process::adopt(child, name, folder);
        let cdp = cdp?;
        let target = cdp.call(None, "Target.createTarget", &json!({"url": "about:blank"}))?;
        let attached = cdp.call(
            None,
            "Target.attachToTarget",
            &json!({"targetId": target["targetId"], "flatten": true}),
        )?;
        let session = attached["sessionId"].as_str().context("no session for the page")?.to_owned();
        let browser = Browser {
            cdp,
            session,
            _process: process,
            name: name.to_owned(),
            folder: folder.to_owned(),
            recording: RefCell::default(),
        };
        for domain in ["Page", "Runtime", "DOM", "Accessibility", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}))?;
        }
        browser.call("Page.addScriptToEvaluateOnNewDocument", json!({"source": EAR}))?;
        Ok(browser)
    }

    /// Has a script of the test's run in every page from now on before the page's own, and lets no policy of the page keep it from working.
    ///
    /// # Errors
    ///
    /// When the browser is gone.
    pub fn prepare(&self, script: &str) -> anyhow::Result<()> {
        self.call("Page.setBypassCSP", json!({"enabled": true}))?;
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({"source": script}))
            .map(|_| ())
    }

    /// Goes to an address and waits until the page is loaded.
    ///
    /// # Errors
    ///
    /// When there is nothing at the address.
    pub fn visit(&self, address: &str) -> anyhow::Result<()> {
        let answer = self.call("Page.navigate", json!({"url": address}))?;
        if let Some(error) = answer["errorText"].as_str() {
            return Err(anyhow!("{address}: {error}"));
        }
        wait::until_true("the page is loaded", ELEMENT_LIMIT, || {
            self.evaluate("document.readyState").is_ok_and(|state| state == "complete")
        });
        Ok(())
    }

    /// Runs a script in the page and gives its value; waits for promises.
    ///
    /// # Errors
    ///
    /// When the script throws.
    pub fn evaluate(&self, script: &str) -> anyhow::Result<Value> {
        let mut answer = self.call(
            "Runtime.evaluate",
            json!({"expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true}),
        )?;
        if let Some(exception) = answer.get("exceptionDetails") {
            return Err(anyhow!("the page's script threw {exception}"));
        }
        Ok(answer["result"]["value"].take())
    }

    /// Whether an element with this role and accessible name is there. The name may be only the beginning of the whole one.
    pub fn shows(&self, role: &str, name: &str) -> bool {
        self.find(role, name).is_ok_and(|found| found.is_some())
    }

    /// Whether the text stands somewhere on the page.
    pub fn reads(&self, text: &str) -> bool {
        self.evaluate("document.body.innerText")
            .is_ok_and(|all| all.as_str().is_some_and(|all| all.contains(text)))
    }

    /// Clicks an element, as soon as it is there.
    #[track_caller]
    pub fn click(&self, role: &str, name: &str) {
        wait::until_true(&format!("{role} “{name}” can be clicked"), ELEMENT_LIMIT, || {
            self.try_click(role, name).is_ok()
        });
    }

    /// Clicks an element that goes when it is clicked, until it is gone: where a page grows, a click may hit what is there no more.
    #[track_caller]
    pub fn click_away(&self, role: &str, name: &str) {
        self.click(role, name);
        wait::until_true_seldom(&format!("{role} “{name}” is gone"), ELEMENT_LIMIT, || {
            let is_gone = !self.shows(role, name);
            if !is_gone {
                drop(self.try_click(role, name));
            }
            is_gone
        });
    }

    /// Replaces what stands in a text field, as soon as it is there.
    #[track_caller]
    pub fn fill(&self, role: &str, name: &str, text: &str) {
        wait::until_true(&format!("{role} “{name}” can be filled"), ELEMENT_LIMIT, || {
            self.try_fill(role, name, text).is_ok()
        });
    }

    /// Presses and releases a key such as `5`, `#` or `Enter`.
    ///
    /// # Errors
    ///
    /// When the browser is gone.
    pub fn press(&self, key: &str) -> anyhow::Result<()> {
        let text = match key {
            "Enter" => "\r",
            single if single.chars().count() == 1 => single,
            _ => "",
        };
        self.call("Input.dispatchKeyEvent", json!({"type": "keyDown", "key": key, "text": text}))?;
        self.call("Input.dispatchKeyEvent", json!({"type": "keyUp", "key": key}))
            .map(|_| ())
    }

    /// Forgets who is signed in.
    ///
    /// # Errors
    ///
    /// When the browser is gone.
    pub fn forget_session(&self) -> anyhow::Result<()> {
        self.visit("about:blank")?;
        self.call("Network.clearBrowserCookies", json!({})).map(|_| ())
    }

    /// Forgets the addresses of names. Chromium keeps them for a minute at least, whatever the name server says: this is a browser that has
    /// connected more than a minute ago.
    ///
    /// # Errors
    ///
    /// When the browser is gone.
    pub fn forget_names(&self) -> anyhow::Result<()> {
        let target = self.cdp.call(
            None,
            "Target.createTarget",
            &json!({"url": "chrome://net-internals/#dns", "background": true}),
        )?;
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let attached = self.cdp.call(None, "Target.attachToTarget", &target)?;
        let session = attached["sessionId"].as_str();
        wait::until_true("the browser forgets names", ELEMENT_LIMIT, || {
            let script = json!({"expression": "chrome.send('clearHostResolverCache'); document.URL"});
            let answer = self.cdp.call(session, "Runtime.evaluate", &script);
            answer.is_ok_and(|answer| answer["result"]["value"].as_str().is_some_and(|url| url.starts_with("chrome:")))
        });
        self.cdp.call(None, "Target.closeTarget", &target).map(|_| ())
    }

    /// For the person who reads what a failed test has left: what the page sounded and looked like and what its connections say, in files of the
    /// test's folder that carry the label.
    pub fn keep_evidence(&self, label: &str) {
        let file = |extension: &str| self.folder.join(format!("{}.{label}.{extension}", self.name));
        // A browser that is gone has nothing to tell.
        let _ = self.heard();
        let _ = self.recording.borrow().write(&file("heard.wav"));
        let _ = self
            .evaluate("lab.describe()")
            .map(|text| fs::write(file("media.json"), text.as_str().unwrap_or_default()));
        let picture = self.call("Page.captureScreenshot", json!({"format": "png"}));
        let _ = picture.map(|answer| {
            let picture = STANDARD.decode(answer["data"].as_str().unwrap_or_default());
            fs::write(file("png"), picture.unwrap_or_default())
        });
    }

    /// The names of everything with a role, for the message of a test that fails.
    pub fn names_of(&self, role: &str) -> Vec<String> {
        self.nodes(role)
            .unwrap_or_default()
            .iter()
            .filter_map(|node| node["name"]["value"].as_str().map(str::to_owned))
            .collect()
    }

    fn try_click(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let node = self.find(role, name)?.context("not there")?;
        self.call("DOM.scrollIntoViewIfNeeded", json!({"backendNodeId": node}))?;
        let (x, y) = self.middle(&node)?;
        let disabled = self.of_node(&node, "function() { return this.matches(':disabled') }")?;
        anyhow::ensure!(disabled == false, "it is disabled");
        // What is under the pointer must be the element, or a person could not click it either.
        let reached = self.of_node(&node, &format!("function() {{ const at = document.elementFromPoint({x}, {y}); return !!at && (this.contains(at) || at.contains(this) || this.labels?.length > 0) }}"))?;
        anyhow::ensure!(reached == true, "something covers it");
        // While a page grows, the pointer would hit what comes after.
        anyhow::ensure!(self.middle(&node)? == (x, y), "it moves");
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            self.call(
                "Input.dispatchMouseEvent",
                json!({"type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1}),
            )?;
        }
        Ok(())
    }

    /// Where the middle of an element is, in pixels of the window.
    fn middle(&self, node: &Value) -> anyhow::Result<(f64, f64)> {
        let quads = self.call("DOM.getContentQuads", json!({"backendNodeId": node}))?;
        let corners = quads["quads"][0].as_array().context("not drawn")?;
        let corners: Vec<f64> = corners.iter().filter_map(Value::as_f64).collect();
        Ok((
            corners.iter().step_by(2).sum::<f64>() / 4.0,
            corners.iter().skip(1).step_by(2).sum::<f64>() / 4.0,
        ))
    }

    fn try_fill(&self, role: &str, name: &str, text: &str) -> anyhow::Result<()> {
        let node = self.find(role, name)?.context("not there")?;
        self.call("DOM.focus", json!({"backendNodeId": node}))?;
        self.of_node(&node, "function() { this.select?.() }")?;
        self.call("Input.insertText", json!({"text": text}))?;
        Ok(())
    }

    fn find(&self, role: &str, name: &str) -> anyhow::Result<Option<Value>> {
        let nodes = self.nodes(role)?;
        let named = |exact: bool| {
            nodes.iter().find(|node| {
                node["name"]["value"]
                    .as_str()
                    .is_some_and(|found| if exact { found == name } else { found.starts_with(name) })
            })
        };
        Ok(named(true).or_else(|| named(false)).map(|node| node["backendDOMNodeId"].clone()))
    }

    fn nodes(&self, role: &str) -> anyhow::Result<Vec<Value>> {
        let document = self.call("Runtime.evaluate", json!({"expression": "document"}))?;
        let mut found = self.call(
            "Accessibility.queryAXTree",
            json!({"objectId": document["result"]["objectId"], "role": role}),
        )?;
        let nodes = found["nodes"].take();
        Ok(nodes
            .as_array()
            .cloned()
            .unwrap_or_default()
            .into_iter()
            .filter(|node| node["ignored"] != true)
            .collect())
    }

    fn of_node(&self, node: &Value, function: &str) -> anyhow::Result<Value> {
        let object = self.call("DOM.resolveNode", json!({"backendNodeId": node}))?;
        let mut answer = self.call(
            "Runtime.callFunctionOn",
            json!({"objectId": object["object"]["objectId"], "functionDeclaration": function, "returnByValue": true}),
        )?;
        Ok(answer["result"]["value"].take())
    }

    #[expect(clippy::needless_pass_by_value, reason = "callers write the parameters on the spot")]
    fn call(&self, method: &str, params: Value) -> anyhow::Result<Value> {
        self.cdp.call(Some(&self.session), method, &params)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.keep_evidence("end");
        }
    }
}

/// Chromium speaks its protocol on file descriptors 3 and 4; the shell puts our pipes there.
fn command(host: &Host, profile: &Path, microphone: Option<&Path>) -> Command {
    let chromium = env::var("FAREND_CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let mut command = host.command("sh");
    command
        .args(["-c", r#"exec "$@" 3<&0 4>&1 </dev/null >&2"#, "sh", &chromium])
        .args([
            "--headless=new",
            // Inside the namespaces of a test we are root, where Chromium refuses its own sandbox.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-extensions",
            "--disable-breakpad",
            "--password-store=basic",
            "--lang=en-US",
            "--window-size=1280,900",
            "--autoplay-policy=no-user-gesture-required",
            "--remote-debugging-pipe",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .env("LANGUAGE", "en_US");
    if let Some(microphone) = microphone {
        command
            .args(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"])
            .arg(format!("--use-file-for-fake-audio-capture={}", microphone.display()));
    }
    command
}
