//! Pictures of pages, for people to look at.

use std::fs;

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::Browser;

/// Windows as people have them, in CSS pixels: a name, width and height, and whether it is a phone.
const WINDOWS: [(&str, u32, u32, bool); 2] = [("desktop", 1280, 900, false), ("phone", 390, 844, true)];

impl Browser {
    /// Keeps the whole page as it looks on a desktop and on a phone, in files of the test's folder that carry the label. Gives what is
    /// wider than its window, where something is.
    ///
    /// # Errors
    ///
    /// When the browser is gone.
    pub fn keep_pictures(&self, label: &str) -> anyhow::Result<Vec<&'static str>> {
        let mut too_wide = Vec::new();
        for (window, width, height, is_phone) in WINDOWS {
            let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone});
            self.call("Emulation.setDeviceMetricsOverride", metrics)?;
            if self.evaluate("document.documentElement.scrollWidth > window.innerWidth")? == true {
                too_wide.push(window);
            }
            // The layout has scroll areas of its own: a window as high as all of it shows all.
            let all = self.evaluate("Math.max(...[...document.querySelectorAll('*')].map((each) => each.scrollHeight))")?;
            let metrics = json!({"width": width, "height": all, "deviceScaleFactor": 1, "mobile": is_phone});
            self.call("Emulation.setDeviceMetricsOverride", metrics)?;
            let picture = self.call("Page.captureScreenshot", json!({"format": "png"}))?;
            let bytes = STANDARD.decode(picture["data"].as_str().context("no picture")?)?;
            fs::write(self.folder.join(format!("{}.{label}.{window}.png", self.name)), bytes)?;
        }
        self.call("Emulation.clearDeviceMetricsOverride", json!({}))?;
        Ok(too_wide)
    }
}
