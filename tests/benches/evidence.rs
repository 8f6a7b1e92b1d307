//! How fast evidence comes in, over HTTP, beside `cp` and `fsync` of the same file to the same disk in the same run; into a bucket, and out
//! again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use blon_tests::bench::{Report, took};
use blon_tests::bucket::Bucket;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::uploading::AwaitedFile;
use std::fs::File;
use std::path::Path;
use std::process::{Command, ExitCode};

const MB: usize = 1_000_000;
const BYTES: usize = 200 * MB;
/// What is kept of a copy's speed: a file that comes in is also read again, for its digest.
const KEPT: f64 = 0.25;
const COPIES: usize = 3;

fn main() -> ExitCode {
    let mut report = Report::of("evidence");
    let rate = |seconds: f64| (BYTES / MB) as f64 / seconds;
    let server = TestServer::keeping_in(None);
    let copied = |file: &AwaitedFile, data: &Path| {
        let to = data.join("copy");
        let times = (0..COPIES).map(|_| {
            let time = took(|| {
                assert!(Command::new("cp").args([&file.path, &to]).status().unwrap().success());
                File::open(&to).unwrap().sync_all().unwrap();
            });
            std::fs::remove_file(&to).unwrap();
            time.as_secs_f64()
        });
        rate(times.sum::<f64>() / COPIES as f64)
    };
    let mut measure = |name: &str, mut server: TestServer, kept: Option<f64>| {
        server.start();
        server.add("Modibo", "supervisor");
        let file = AwaitedFile::of(&server, BYTES);
        let copy = copied(&file, &server.data());
        report.tell(&format!("{name}: cp and fsync"), copy, "MB/s");
        file.begin(|request| request);
        let before = server.peak_memory().unwrap_or(0);
        let taken = rate(took(|| assert_eq!(file.patch(0, &file.bytes).status(), 204)).as_secs_f64());
        match kept {
            Some(kept) => {
                report.at_least(&format!("{name}: taken in, {kept} of a copy"), taken, kept * copy, "MB/s")
            }
            None => report.tell(&format!("{name}: taken in"), taken, "MB/s"),
        }
        let more = server.peak_memory().unwrap_or(0) - before;
        report.at_most(&format!("{name}: memory that it took"), more as f64 / 1024.0, 64.0, "MiB");
        let modibo = Supervisor::sign_in(&server.url(), "Modibo");
        let mut read = Vec::new();
        let time = took(|| read = modibo.file(&file.sha256));
        assert_eq!(read.len(), BYTES);
        report.tell(&format!("{name}: read"), rate(time.as_secs_f64()), "MB/s");
    };
    measure("a folder", server, Some(KEPT));
    let bucket = Bucket::start();
    let mut server = TestServer::keeping_in(None);
    server.keep_files_in(&bucket.new_place());
    measure("a bucket", server, None);
    report.end()
}
