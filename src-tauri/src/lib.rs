//! The shell: one window, and commands of a few lines each that call the device crate. Nothing is decided
//! here; what a command does stands in `blon-device`.

mod app;
mod capture;
mod commands;

use crate::app::App;
use std::path::PathBuf;
use tauri::{Manager, WebviewWindowBuilder};

/// Opens the window and runs until it is closed.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    refuse_automation();
    let built = tauri::Builder::default()
        .on_permission_request(|_, kind| capture::answer(kind))
        .setup(|tauri| {
            let folder = match asked_folder() {
                Some(folder) => folder,
                None => tauri.path().app_data_dir()?,
            };
            tauri.manage(App::new(folder));
            for window in &tauri.config().app.windows {
                // The page's title says how much waits for the person; so does the window's, where it is seen from outside.
                WebviewWindowBuilder::from_config(tauri.handle(), window)?
                    .on_document_title_changed(|window, title| {
                        let _ = window.set_title(&title);
                    })
                    .build()?;
            }
            tauri.webview_windows().values().try_for_each(capture::prepare)?;
            Ok(())
        })
        .invoke_handler(tauri::generate_handler![
            commands::state,
            commands::create_store,
            commands::unlock,
            commands::lock,
            commands::read_invitation,
            commands::read_qr,
            commands::enrol,
            commands::find_stories,
            commands::story,
            commands::reply,
            commands::review,
            commands::review_page,
            commands::decide,
            commands::remark,
            commands::want_file,
            commands::set_refused_aside,
            commands::review_draft,
            commands::keep_review_draft,
            commands::erase_report,
            commands::review_space,
            commands::set_review_space,
            commands::tasks,
            commands::save_report,
            commands::report_photo,
            commands::sign_off_report,
            commands::begin_interview,
            commands::begin_like,
            commands::interview,
            commands::answer,
            commands::add_repetition,
            commands::remove_repetition,
            commands::undo,
            commands::stand,
            commands::leave,
            commands::set_note,
            commands::draft,
            commands::correct,
            commands::discard_draft,
            commands::discarded_drafts,
            commands::restore_draft,
            commands::erase_draft,
            commands::finalise,
            commands::attach_begin,
            commands::attach_chunk,
            commands::attach_answer,
            commands::attach_photo,
            commands::record_begin,
            commands::record_chunk,
            commands::record_mark,
            commands::record_erase,
            commands::free_space,
            commands::file,
            commands::sync,
            commands::cancel_sync,
            commands::hear_syncs,
            commands::line_returned,
            commands::past_syncs,
            commands::withdraw,
            commands::withdrawals,
            commands::waiting,
            commands::clocks,
            commands::data_use,
            commands::set_file_policy,
            commands::set_sync_by_itself,
            commands::export_parcel,
            commands::import_receipt,
            commands::carry_begin,
            commands::carry_chunk,
            commands::carry_end,
            commands::carried,
            commands::hand_back,
            commands::drop_carried,
            commands::freeable,
            commands::free_files,
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
