//! Who may use microphone and camera: the screens that this app carries inside it, and nothing else ever runs here.
//! That a voice is recorded only after its owner agreed is decided beneath, by the device.

use tauri::webview::{PermissionKind, PermissionResponse};

/// What the webview is answered when a screen asks.
pub fn answer(kind: PermissionKind) -> PermissionResponse {
    match kind {
        PermissionKind::Microphone | PermissionKind::Geolocation => PermissionResponse::Allow,
        // A photo comes from the system's own camera app, through a file field.
        _ => PermissionResponse::Deny,
    }
}

/// Machines that test have no microphone: with `BLON_CAPTURE=mock` a debug build hears the webview's own test sound,
/// which the webview hands over without asking. A collector's phone listens to no such thing.
#[cfg(target_os = "linux")]
pub fn prepare(window: &tauri::WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{SettingsExt, WebViewExt};
    let mock =
        cfg!(debug_assertions) && std::env::var_os("BLON_CAPTURE").is_some_and(|asked| asked == "mock");
    window.with_webview(move |webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_enable_media_stream(true);
            settings.set_enable_mock_capture_devices(mock);
        }
    })
}

/// Elsewhere the system's webview needs nothing.
#[cfg(not(target_os = "linux"))]
pub fn prepare(_: &tauri::WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
