//! The page comes back where its process ended under it: for want of memory, or by a fault of the webview's own, as WebKitGTK 2.50
//! has one where it records (<https://bugs.webkit.org/show_bug.cgi?id=285752>). All that was kept is there, and the window
//! would stay empty until somebody closes it. What the page left undone is done when the next one begins (`App::begin`).

use std::cell::RefCell;
use std::time::{Duration, Instant};
use tauri::{Manager, WebviewWindow};
use webkit2gtk::WebViewExt;

/// How often a page may end within a minute before its window is no use.
const MOST: usize = 3;
const MINUTE: Duration = Duration::from_secs(60);

/// Loads the page anew when its process has ended. A window whose page ends again and again ends the app: whoever opens it
/// anew sees that something is wrong, and the battery lasts.
pub fn prepare(window: &WebviewWindow) -> tauri::Result<()> {
    let (own, ends) = (window.clone(), RefCell::new(Ends::default()));
    window.with_webview(move |webview| {
        webview.inner().connect_web_process_terminated(move |_, reason| {
            eprintln!("Blon: the page's process ended: {reason:?}");
            if ends.borrow_mut().are_too_many(Instant::now()) {
                own.app_handle().exit(1);
            } else if let Err(error) = own.reload() {
                eprintln!("Blon: the page cannot be loaded anew: {error}");
            }
        });
    })
}

/// When a page's process ended, within the last minute.
#[derive(Default)]
struct Ends(Vec<Instant>);

impl Ends {
    /// Another one did; gives whether that is too many.
    fn are_too_many(&mut self, now: Instant) -> bool {
        self.0.retain(|ended| now.duration_since(*ended) < MINUTE);
        self.0.push(now);
        self.0.len() > MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fourth_end_within_a_minute_is_one_too_many() {
        let (mut ends, begun) = (Ends::default(), Instant::now());
        let mut at = |second| ends.are_too_many(begun + Duration::from_secs(second));
        assert_eq!([0, 20, 40, 59, 61, 140].map(&mut at), [false, false, false, true, true, false]);
    }
}
