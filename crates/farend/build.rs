//! Makes sure that there is a folder to embed, so that the program also builds before the web app does.
fn main() {}
