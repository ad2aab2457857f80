//! Chooses the web app to embed: the built one, or a page that says how to build it.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>farend</title>
<p>This program was built without its web app. Run <code>make build</code>.</p>
</html>
";

fn main() -> io::Result<()> {
    let built = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("../../web/dist");
    // The folder may come or go: watch the one around it too.
    println!("cargo:rerun-if-changed=../../web/dist");
    let folder = if built.join("index.html").is_file() {
        built.canonicalize()?
    } else {
        placeholder()?
    };
    println!("cargo:rustc-env=FAREND_WEB_DIR={}", folder.display());
    Ok(())
}

fn placeholder() -> io::Result<PathBuf> {
    let folder = Path::new(&variable("OUT_DIR")?).join("web");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("index.html"), PLACEHOLDER)?;
    Ok(folder)
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(|error| io::Error::other(format!("{name}: {error}")))
}
