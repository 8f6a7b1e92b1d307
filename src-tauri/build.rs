//! Prepares what Tauri embeds. Without a built UI the crate still compiles, so that checks and editors work
//! on a fresh clone; the window then says how to build it.

use std::path::Path;

const UNBUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>Blon</title><p>cargo xtask build</p>\n";

fn main() -> std::io::Result<()> {
    let pages = Path::new("../ui/dist/collector");
    if !pages.join("index.html").exists() {
        std::fs::create_dir_all(pages)?;
        std::fs::write(pages.join("index.html"), UNBUILT)?;
    }
    tauri_build::build();
    Ok(())
}
