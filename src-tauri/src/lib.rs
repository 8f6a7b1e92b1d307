//! The shell: one window, and commands of a few lines each that call the device crate. Nothing is decided
//! here; what a command does stands in `blon-device`.

mod app;
mod commands;

use crate::app::App;
use std::path::PathBuf;
use tauri::Manager;

/// Opens the window and runs until it is closed.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    refuse_automation();
    let built = tauri::Builder::default()
        .setup(|tauri| {
            let folder = match asked_folder() {
                Some(folder) => folder,
                None => tauri.path().app_data_dir()?,
            };
            tauri.manage(App::new(folder));
            Ok(())
        })
        .invoke_handler(tauri::generate_handler![
            commands::state,
            commands::create_store,
            commands::unlock,
            commands::lock,
            commands::enrol,
            commands::stories,
            commands::story,
            commands::new_id,
            commands::new_draft,
            commands::draft,
            commands::correct,
            commands::save_draft,
            commands::discard_draft,
            commands::finalise,
            commands::attach_begin,
            commands::attach_chunk,
            commands::attach_finish,
            commands::file,
            commands::sync,
            commands::last_sync,
            commands::waiting,
        ])
        .run(tauri::generate_context!());
    if let Err(error) = built {
        eprintln!("Blon could not open its window: {error}");
        std::process::exit(1);
    }
}

/// `--data DIR`: another folder than the system's, for a laptop that several collectors share.
fn asked_folder() -> Option<PathBuf> {
    let mut arguments = std::env::args_os().skip_while(|a| a != "--data");
    arguments.nth(1).map(PathBuf::from)
}

/// The webview can be driven from outside when this variable is set. Tests need that; a collector's phone
/// must never allow it.
fn refuse_automation() {
    if !cfg!(debug_assertions) && std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some() {
        eprintln!("Blon does not run with TAURI_WEBVIEW_AUTOMATION set");
        std::process::exit(1);
    }
}
