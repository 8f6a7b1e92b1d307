//! How long the list of 10,000 stories takes: its first screen, and a search as somebody types it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use blon_core::fold::Status;
use blon_device::intake::StoryFile;
use blon_device::view::StoryQuery;
use blon_tests::bench::{Report, Times};
use blon_tests::collecting::{collector, open};
use blon_tests::fixtures::stories;
use blon_tests::server::TestServer;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const STORIES: usize = 10_000;
const LIMIT: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    let device = open(&awa);
    let samples = stories();
    for number in 0..STORIES {
        let mut story = samples[number % samples.len()].clone();
        story["title"] = format!("Récit {number} du hameau {}", number % 97).into();
        let draft = device.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap();
        // Of ten, one is being written still.
        if number % 10 > 0 {
            device.finalise(draft.id).unwrap();
        }
    }
    let query = |words: &str| StoryQuery { words: words.to_owned(), count: 50, ..StoryQuery::default() };
    let begun = Instant::now();
    device.find_stories(&query("")).unwrap();
    println!("{STORIES} stories; the index was made in {:.2?}, once", begun.elapsed());

    let mut report = Report::default();
    let mut measure = |what: &str, query: &StoryQuery, found: usize| {
        let timed = |_| {
            let begun = Instant::now();
            let lines = device.find_stories(query).unwrap().lines;
            assert_eq!(lines.len(), found, "{what}");
            begun.elapsed()
        };
        let times = Times::of((0..50).map(timed).collect());
        report.below(what, times.quantile(0.99), LIMIT);
    };
    measure("the first screen (99 of 100)", &query(""), 50);
    measure("one letter, in every story (99 of 100)", &query("r"), 50);
    measure("a word without its accents (99 of 100)", &query("recit"), 50);
    measure("two words, in few (99 of 100)", &query("hameau 17"), 50);
    measure("a word in none (99 of 100)", &query("zebu"), 0);
    let narrowed = StoryQuery { status: Some(Status::Finalised), ..query("hameau") };
    measure("a word, of one status (99 of 100)", &narrowed, 50);
    report.end()
}
