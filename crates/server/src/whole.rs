//! Files that are written whole, or not at all.

use crate::error::{Error, Result};
use blon_core::error::Code;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;
use uuid::Uuid;

/// Whether no file has this name.
///
/// # Errors
/// `file_exists`: what stands there may be all that is left of somebody's work.
pub fn not_there(file: &Path) -> Result<()> {
    if file.symlink_metadata().is_ok() {
        return Err(Error::told(Code::FileExists, format!("{} is there already", file.display())));
    }
    Ok(())
}

/// Writes a file under a name beside its own, which it takes once it is whole: a cut leaves no half file that somebody could take
/// for one.
///
/// # Errors
/// `file_exists`; `disk_full`; those of `write`.
pub fn whole<T>(file: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<T>) -> Result<T> {
    not_there(file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let half = file.with_file_name(format!(".{name}.{}.half", Uuid::now_v7().simple()));
    let failed = |e: std::io::Error| match e.kind() {
        ErrorKind::AlreadyExists => {
            Error::told(Code::FileExists, format!("{} is there already", file.display()))
        }
        ErrorKind::StorageFull => Error::file(file, e),
        _ => Error::told(Code::FileUnreadable, format!("{}: {e}", file.display())),
    };
    let written = (|| {
        let mut out = BufWriter::new(File::create_new(&half).map_err(failed)?);
        let done = write(&mut out)?;
        out.flush().map_err(failed)?;
        out.get_ref().sync_all().map_err(failed)?;
        // A link takes no name that somebody else has taken meanwhile; where the disk knows none, a look must do.
        match std::fs::hard_link(&half, file) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => return Err(failed(e)),
            Err(_) => {
                not_there(file)?;
                std::fs::rename(&half, file).map_err(failed)?;
            }
            Ok(()) => {}
        }
        Ok(done)
    })();
    // Where it took its name by a rename, there is nothing left to take away.
    let _ = std::fs::remove_file(&half);
    written
}
