//! A ZIP that is written while it is read: the first table goes out as it is made, the others wait on the disk for their turn.
//! All of them come from one reading, so that no change stands without its story.

use super::Export;
use super::counted::{Counted, again, aside};
use super::csv::CsvTable;
use super::fields::file_name;
use super::jsonl::JsonLines;
use super::manifest::{Entry, FilesTold, Manifest};
use super::reading::{Outgoing, Reading};
use crate::Headquarters;
use crate::error::{Error, Result};
use blon_core::id::Digest;
use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// The name of what the archive says of itself.
pub const MANIFEST: &str = "manifest.json";

type Zip<W> = ZipWriter<StreamWriter<W>>;

/// Writes the archive: every table as CSV and the manifest; `with_files` adds the stories as JSON Lines, and the files that may
/// leave.
///
/// # Errors
/// Those of `out` and of the database; `disk_full`.
pub fn write<W: Write>(
    headquarters: &Headquarters,
    export: &Export,
    with_files: bool,
    out: W,
    gone: &dyn Fn() -> bool,
) -> Result<Manifest> {
    let mut zip = ZipWriter::new_stream(out);
    let mut entries = Vec::new();
    let mut reading = Reading::after(headquarters, export, 0);
    let mut files = Leaving::default();
    let mut lines = if with_files { Some(JsonLines::begin(aside(&headquarters.files)?)) } else { None };
    let (first, others) =
        export.tables.all.split_first().ok_or_else(|| Error::Internal("no table".to_owned()))?;
    let begin = |table| CsvTable::begin(&export.tables, table, export.headings, aside(&headquarters.files)?);
    let mut waiting: Vec<CsvTable<_>> = others.iter().map(begin).collect::<Result<_>>()?;
    start(&mut zip, &first.file(), true)?;
    let mut stories = CsvTable::begin(&export.tables, first, export.headings, &mut zip)?;
    reading.each(gone, |outgoing| {
        stories.add(outgoing)?;
        waiting.iter_mut().try_for_each(|table| table.add(outgoing))?;
        lines.as_mut().map_or(Ok(()), |lines| lines.add(outgoing))?;
        if with_files {
            files.note(outgoing);
        }
        Ok(())
    })?;
    entries.push(stories.end()?.0);
    for table in waiting {
        let (entry, written) = table.end()?;
        copy(&mut zip, &entry, again(written)?)?;
        entries.push(entry);
    }
    if let Some(lines) = lines {
        let (entry, written) = lines.end()?;
        copy(&mut zip, &entry, again(written)?)?;
        entries.push(entry);
    }
    let mut told = with_files.then(|| files.told());
    for (digest, name) in files.leaving {
        if gone() {
            return Err(Error::file("the export", ErrorKind::BrokenPipe.into()));
        }
        match (file(headquarters, &mut zip, &digest, name)?, &mut told) {
            (Some(entry), _) => entries.push(entry),
            (None, Some(told)) => {
                told.included -= 1;
                told.not_here += 1;
            }
            (None, None) => {}
        }
    }
    let manifest = Manifest::of(export, reading.tally, entries, told);
    start(&mut zip, MANIFEST, false)?;
    zip.write_all(&serde_json::to_vec_pretty(&manifest)?).map_err(|e| Error::file(MANIFEST, e))?;
    let mut out = zip.finish().map_err(failed)?.into_inner();
    out.flush().map_err(|e| Error::file(MANIFEST, e))?;
    Ok(manifest)
}

/// The files that go with the stories, each once.
#[derive(Default)]
struct Leaving {
    seen: BTreeSet<Digest>,
    not_here: BTreeSet<Digest>,
    leaving: Vec<(Digest, String)>,
}

impl Leaving {
    fn note(&mut self, outgoing: &Outgoing) {
        for file in outgoing.released.story().files() {
            if !outgoing.whole.contains(&file.sha256) {
                self.not_here.insert(file.sha256.clone());
            } else if self.seen.insert(file.sha256.clone()) {
                self.leaving.push((file.sha256.clone(), file_name(file)));
            }
        }
    }

    fn told(&self) -> FilesTold {
        let not_here = self.not_here.difference(&self.seen).count();
        FilesTold { included: self.leaving.len() as u64, not_here: not_here as u64 }
    }
}

/// Begins an entry. `endless` for one whose size nobody knows: it may have more than 4 GiB.
fn start<W: Write>(zip: &mut Zip<W>, name: &str, endless: bool) -> Result<()> {
    let options = SimpleFileOptions::default().large_file(endless);
    zip.start_file(name, options.compression_method(CompressionMethod::Deflated)).map_err(failed)
}

fn copy<W: Write>(zip: &mut Zip<W>, entry: &Entry, mut from: impl Read) -> Result<()> {
    start(zip, &entry.name, entry.bytes >= u64::from(u32::MAX))?;
    std::io::copy(&mut from, zip).map_err(|e| Error::file(&entry.name, e))?;
    Ok(())
}

/// Adds a file of evidence; `None` where it has left the disk since. Its bytes must be those of its name: a file that the disk
/// has spoilt goes to nobody.
fn file<W: Write>(
    headquarters: &Headquarters,
    zip: &mut Zip<W>,
    digest: &Digest,
    name: String,
) -> Result<Option<Entry>> {
    let Some(bytes) = headquarters.files.bytes(digest)? else { return Ok(None) };
    let Some(mut from) = headquarters.files.read(digest)? else { return Ok(None) };
    let read = |e| Error::file(digest.as_str(), e);
    // Photos and sound are packed already; a ZIP that is written in one go cannot hold them plain, so the least is done.
    let options = SimpleFileOptions::default()
        .large_file(bytes >= u64::from(u32::MAX))
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1));
    zip.start_file(&name, options).map_err(failed)?;
    let mut out = Counted::new(&mut *zip);
    std::io::copy(&mut from, &mut out).map_err(read)?;
    let (entry, _) = out.entry(name);
    if entry.sha256 != *digest {
        let spoilt = std::io::Error::other("its bytes are not those of its name");
        return Err(read(spoilt));
    }
    Ok(Some(entry))
}

fn failed(error: zip::result::ZipError) -> Error {
    match error {
        zip::result::ZipError::Io(error) => Error::file("the archive", error),
        other => Error::Internal(other.to_string()),
    }
}
