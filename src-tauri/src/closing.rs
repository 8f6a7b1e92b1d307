//! What is left when the app ends badly: nothing that was on its screens or in its memory.

/// Before anything else is done: a crash writes no image of the memory to the disk, neither this process's nor its webview's,
/// which inherits that; and a fault is told by its place in the program, without the words that may stand in its message.
pub fn leave_nothing_behind() {
    #[cfg(unix)]
    {
        let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
        if rustix::process::setrlimit(rustix::process::Resource::Core, none).is_err() {
            eprintln!("Blon could not forbid images of its memory");
        }
    }
    std::panic::set_hook(Box::new(|fault| {
        let place = fault.location().map(ToString::to_string);
        eprintln!("Blon: a fault at {}", place.as_deref().unwrap_or("an unknown place"));
    }));
}
