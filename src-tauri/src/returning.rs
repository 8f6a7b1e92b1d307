//! The page comes back where its process ended under it: for want of memory, or by a fault of the webview's own, as WebKitGTK 2.50
//! has one where it records (<https://bugs.webkit.org/show_bug.cgi?id=285752>). All that was kept is there, and the window
//! would stay empty until somebody closes it.

use crate::app::App;
#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

/// How often a page may end within a minute before its window is no use.
#[cfg(target_os = "linux")]
const MOST_A_MINUTE: usize = 3;

/// Loads the page anew when its process has ended, and keeps the recording that went with it. A window whose page ends
/// again and again ends the app: whoever opens it anew sees that something is wrong, and the battery lasts.
#[cfg(target_os = "linux")]
pub fn prepare(window: &tauri::WebviewWindow, app: &App) -> tauri::Result<()> {
    use std::cell::RefCell;
    use tauri::Manager;
    use webkit2gtk::WebViewExt;

    let (own, app, ends) = (window.clone(), app.clone(), RefCell::new(Ends::default()));
    window.with_webview(move |webview| {
        webview.inner().connect_web_process_terminated(move |_, reason| {
            eprintln!("Blon: the page's process ended: {reason:?}");
            if ends.borrow_mut().are_too_many(Instant::now()) {
                own.app_handle().exit(1);
                return;
            }
            let (window, app) = (own.clone(), app.clone());
            tauri::async_runtime::spawn(async move {
                // A locked store has none, and what cannot be kept now, on a full disk, waits for the next unlocking.
                let _ = app.device(blon_device::Device::keep_cut_recordings).await;
                // On the window's thread, where it can only fail when the app is ending.
                let _ = window.reload();
            });
        });
    })
}

/// Elsewhere the system ends the app with its page, or the webview looks after that itself.
#[cfg(not(target_os = "linux"))]
pub fn prepare(_: &tauri::WebviewWindow, _: &App) -> tauri::Result<()> {
    Ok(())
}

/// When a page's process ended, within the last minute.
#[cfg(target_os = "linux")]
#[derive(Default)]
struct Ends(Vec<Instant>);

#[cfg(target_os = "linux")]
impl Ends {
    fn are_too_many(&mut self, now: Instant) -> bool {
        self.0.retain(|ended| now.duration_since(*ended) < Duration::from_secs(60));
        self.0.push(now);
        self.0.len() > MOST_A_MINUTE
    }
}
