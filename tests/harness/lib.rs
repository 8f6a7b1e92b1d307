//! The harness of the end-to-end tests: real binaries, real sockets, real files, and a line that breaks on
//! command. People in it have names: Awa and Bakary collect, Modibo supervises. They are fictional.

// A harness stops on the first surprise; that is its job.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod bad_line;
pub mod bench;
pub mod browser;
pub mod bucket;
pub mod collecting;
pub mod custodian;
pub mod device;
pub mod elsewhere;
pub mod exporting;
pub mod fixtures;
pub mod folders;
pub mod interview;
pub mod journey;
pub mod line;
pub mod many;
pub mod media;
pub mod overheard;
pub mod page;
pub mod patience;
pub mod places;
pub mod postgres;
pub mod prose;
pub mod room;
pub mod server;
pub mod simulation;
pub mod supervisor;
pub mod traces;
pub mod uploading;
pub mod window;
pub mod wire;
