//! The shell: one window, and commands of a few lines each that call the device crate. Nothing is decided
//! here; what a command does stands in `blon-device`.

mod app;
mod capture;
mod carrying;
mod closing;
mod commands;
mod protecting;
#[cfg(target_os = "linux")]
mod returning;

use crate::app::App;
use std::path::PathBuf;
use std::time::Duration;
use tauri::{AppHandle, Manager, WebviewWindowBuilder};

/// Opens the window and runs until it is closed.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    refuse_automation();
    open_window();
}

/// The same in a build that may be driven, to measure what people get. Nobody is given it.
#[cfg(feature = "driven")]
pub fn run_driven() {
    open_window();
}

fn open_window() {
    closing::leave_nothing_behind();
    let built = tauri::Builder::default()
        .on_permission_request(|_, kind| capture::answer(kind))
        .setup(|tauri| {
            let folder = match asked_folder() {
                Some(folder) => folder,
                None => tauri.path().app_data_dir()?,
            };
            let app = App::new(folder);
            for window in &tauri.config().app.windows {
                // The page's title says how much waits for the person; so does the window's, where it is seen from outside.
                WebviewWindowBuilder::from_config(tauri.handle(), window)?
                    .incognito(!is_driven())
                    .initialization_script(looks_in_place(&app)?)
                    .on_document_title_changed(|window, title| {
                        let _ = window.set_title(&title);
                    })
                    .build()?;
            }
            for window in tauri.webview_windows().values() {
                capture::prepare(window)?;
                #[cfg(target_os = "linux")]
                returning::prepare(window)?;
            }
            watch(app.clone(), tauri.handle().clone())?;
            tauri.manage(app);
            Ok(())
        })
        .invoke_handler(tauri::generate_handler![
            commands::begin,
            commands::state,
            protecting::create_store,
            protecting::unlock,
            protecting::locking,
            protecting::lock,
            protecting::change_passphrase,
            protecting::set_aside,
            protecting::protection,
            protecting::set_lock_after,
            protecting::set_erase_after,
            protecting::set_duress,
            protecting::touched,
            protecting::out_of_sight,
            protecting::in_sight,
            protecting::set_looks,
            commands::half_written,
            commands::keep_half_written,
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
            commands::mask,
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
            carrying::export_parcel,
            carrying::import_receipt,
            carrying::carry_begin,
            carrying::carry_chunk,
            carrying::carry_end,
            carrying::carried,
            carrying::hand_back,
            carrying::drop_carried,
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

/// Locks the app when nobody has used it for too long. What a page held goes with the page.
fn watch(app: App, tauri: AppHandle) -> std::io::Result<()> {
    let look = move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            if app.lock_if_idle() {
                for window in tauri.webview_windows().values() {
                    // One that cannot be loaded anew is told `locked` whatever it asks.
                    let _ = window.reload();
                }
            }
        }
    };
    std::thread::Builder::new().name("idle".to_owned()).spawn(look).map(|_| ())
}

/// The webview forgets everything when it ends; what was chosen of its looks is put where it looks for them.
fn looks_in_place(app: &App) -> Result<String, serde_json::Error> {
    let looks = serde_json::to_string(&app.looks())?;
    Ok(format!(
        "for (const [name, value] of Object.entries({looks}))
            if (localStorage.getItem(name) === null) localStorage.setItem(name, value);"
    ))
}

/// The webview can be driven from outside when this variable is set. Tests need that; a collector's phone
/// must never allow it.
fn refuse_automation() {
    if !cfg!(debug_assertions) && is_driven() {
        eprintln!("Blon does not run with TAURI_WEBVIEW_AUTOMATION set");
        std::process::exit(1);
    }
}

/// Whether it is driven from outside. WebKitGTK cannot be where it keeps nothing on the disk.
fn is_driven() -> bool {
    std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some()
}
