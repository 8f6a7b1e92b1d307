//! What a device with 10,000 stories waits for, beside one with 100: an answer that is kept, a story that is signed off or opened, the
//! store that is unlocked; and its list, and a search as somebody types it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use blon_core::fold::Status;
use blon_device::intake::StoryFile;
use blon_device::view::StoryQuery;
use blon_device::{Device, StoryId};
use blon_tests::bench::{Report, Times, took};
use blon_tests::collecting::{collector, open};
use blon_tests::device::TestDevice;
use blon_tests::fixtures::stories;
use blon_tests::server::TestServer;
use std::process::ExitCode;
use std::time::Duration;

const FEW: usize = 100;
const MANY: usize = 10_000;
const RUNS: usize = 100;
const LIMIT: Duration = Duration::from_millis(100);
/// How many different ones are opened, in either store, each once before: whether its page lies in memory is not what is compared.
const OPENED: usize = 50;
/// How much more it may cost with a hundred times the stories.
const GROWTH: f64 = 1.2;

fn main() -> ExitCode {
    let server = TestServer::serving();
    let mut report = Report::of("stories");
    let (awa, few) = device(&server, "Awa", FEW);
    let (bakary, many) = device(&server, "Bakary", MANY);
    let first = Times::of(many.stories.iter().take(OPENED).map(|story| opened(&many, *story)).collect());
    report.below(
        &format!("a story opened for the first time, {MANY} stories, median"),
        first.quantile(0.5),
        LIMIT,
    );
    few.stories.iter().take(OPENED).for_each(|story| {
        opened(&few, *story);
    });
    for what in ["an answer kept", "a story signed off", "a story opened", "the store unlocked"] {
        let runs = if what == "the store unlocked" { RUNS / 10 } else { RUNS };
        let (mut first, mut then) = (Vec::new(), Vec::new());
        // In turn: the machine is shared.
        for number in 0..runs {
            first.push(once(what, &awa, &few, number));
            then.push(once(what, &bakary, &many, number));
        }
        let [first, then] = [first, then].map(|times| Times::of(times).quantile(0.5));
        report.tell(&format!("{what}, {FEW} stories, median"), first.as_secs_f64() * 1e3, "ms");
        report.below(
            &format!("{what}, {MANY} stories, median, {GROWTH} of that"),
            then,
            first.mul_f64(GROWTH),
        );
    }
    let query = |words: &str| StoryQuery { words: words.to_owned(), count: 50, ..StoryQuery::default() };
    let mut measure = |what: &str, query: &StoryQuery, found: usize| {
        let timed =
            |_| took(|| assert_eq!(many.device.find_stories(query).unwrap().lines.len(), found, "{what}"));
        let times = Times::of((0..RUNS / 2).map(timed).collect());
        report.below(&format!("{what}, {MANY} stories (99 of 100)"), times.quantile(0.99), LIMIT);
    };
    measure("the first screen", &query(""), 50);
    measure("one letter, in every story", &query("r"), 50);
    measure("a word without its accents", &query("recit"), 50);
    measure("two words, in few", &query("hameau 17"), 50);
    measure("a word in none", &query("zebu"), 0);
    let narrowed = StoryQuery { status: Some(Status::Finalised), ..query("hameau") };
    measure("a word, of one status", &narrowed, 50);
    report.end()
}

/// A device with its stories: one that is being written, and those that are signed off.
struct Told {
    device: Device,
    draft: StoryId,
    stories: Vec<StoryId>,
}

/// One with so many stories, of which one in ten is being written still.
fn device(server: &TestServer, name: &str, many: usize) -> (TestDevice, Told) {
    let folder = collector(server, name, &server.url());
    let device = open(&folder);
    let (mut draft, mut told) = (None, Vec::new());
    for number in 0..many {
        let id = tell(&device, number);
        if number % 10 > 0 {
            device.finalise(id).unwrap();
            told.push(id);
        } else {
            draft = Some(id);
        }
    }
    let draft = draft.unwrap();
    device.interview(draft, "fr").unwrap();
    device.find_stories(&StoryQuery { count: 1, ..StoryQuery::default() }).unwrap();
    (folder, Told { device, draft, stories: told })
}

fn tell(device: &Device, number: usize) -> StoryId {
    let samples = stories();
    let mut story = samples[number % samples.len()].clone();
    story["title"] = format!("Récit {number} du hameau {}", number % 97).into();
    device.take_in(StoryFile::read(&story.to_string()).unwrap(), &[]).unwrap().id
}

fn opened(told: &Told, story: StoryId) -> Duration {
    took(|| drop(told.device.story(story).unwrap()))
}

fn once(what: &str, folder: &TestDevice, told: &Told, number: usize) -> Duration {
    let Told { device, draft, stories } = told;
    match what {
        "an answer kept" => {
            let words = format!("Les pirogues passent de nouveau. {number}");
            took(|| device.keep_answer(*draft, "story_now", &words, "fr").unwrap())
        }
        "a story signed off" => {
            let id = tell(device, number);
            took(|| drop(device.finalise(id).unwrap()))
        }
        "a story opened" => opened(told, stories[number % OPENED]),
        _ => took(|| drop(open(folder))),
    }
}
