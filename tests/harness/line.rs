//! A line between device and headquarters that breaks on command: a TCP relay on loopback.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The relay. Devices enrol at its address; headquarters is behind it.
pub struct Line {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    headquarters: SocketAddr,
    up: AtomicBool,
    /// Bytes that may still pass towards headquarters before the line breaks.
    allowance: AtomicI64,
    /// Bytes of headquarters' answers that may still pass before the line breaks.
    answers: AtomicI64,
    /// Bytes of answers a second; 0 for as many as one likes.
    slow: AtomicU64,
    /// Nothing passes, and nothing breaks either.
    frozen: AtomicBool,
    /// How requests begin that nothing is let through of, as some proxies do.
    refused: OnceLock<&'static str>,
    passed: AtomicU64,
    answered: AtomicU64,
}

impl Line {
    /// A good line to this address.
    pub fn to(headquarters: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            headquarters,
            up: AtomicBool::new(true),
            allowance: AtomicI64::new(i64::MAX),
            answers: AtomicI64::new(i64::MAX),
            slow: AtomicU64::new(0),
            frozen: AtomicBool::new(false),
            refused: OnceLock::new(),
            passed: AtomicU64::new(0),
            answered: AtomicU64::new(0),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || relay(&state, caller));
            }
        });
        Line { address, state }
    }

    /// What devices are told.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Breaks the line: connections end at once, new ones too.
    pub fn cut(&self) {
        self.state.up.store(false, Ordering::SeqCst);
    }

    /// Breaks the line once this many more bytes have passed towards headquarters.
    pub fn cut_after(&self, bytes: u32) {
        self.state.allowance.store(i64::from(bytes), Ordering::SeqCst);
    }

    /// Headquarters still hears, but no answer comes back.
    pub fn lose_answers(&self) {
        self.cut_answers_after(0);
    }

    /// Breaks the line once this many more bytes of headquarters' answers have passed.
    pub fn cut_answers_after(&self, bytes: u32) {
        self.state.answers.store(i64::from(bytes), Ordering::SeqCst);
    }

    /// Lets this many bytes of headquarters' answers pass a second.
    pub fn slow_answers(&self, bytes_a_second: u64) {
        self.state.slow.store(bytes_a_second, Ordering::SeqCst);
    }

    /// From now on nothing passes, though the connection stays.
    pub fn freeze(&self) {
        self.state.frozen.store(true, Ordering::SeqCst);
    }

    /// Lets no request through that begins so, ever; all others pass.
    pub fn refuse(&self, beginning: &'static str) {
        self.state.refused.set(beginning).unwrap();
    }

    /// A good line again.
    pub fn mend(&self) {
        self.state.slow.store(0, Ordering::SeqCst);
        self.state.frozen.store(false, Ordering::SeqCst);
        self.state.allowance.store(i64::MAX, Ordering::SeqCst);
        self.state.answers.store(i64::MAX, Ordering::SeqCst);
        self.state.up.store(true, Ordering::SeqCst);
    }

    /// Bytes that have passed towards headquarters so far.
    pub fn bytes_up(&self) -> u64 {
        self.state.passed.load(Ordering::SeqCst)
    }

    /// Bytes of headquarters' answers that have passed so far.
    pub fn bytes_down(&self) -> u64 {
        self.state.answered.load(Ordering::SeqCst)
    }
}

fn relay(state: &Arc<State>, caller: TcpStream) {
    let open = state.up.load(Ordering::SeqCst);
    let Some(headquarters) = open.then(|| TcpStream::connect(state.headquarters).ok()).flatten() else {
        return;
    };
    let (from_caller, to_caller) = (caller.try_clone().unwrap(), caller);
    let (from_headquarters, to_headquarters) = (headquarters.try_clone().unwrap(), headquarters);
    let back = Arc::clone(state);
    let answers = std::thread::spawn(move || {
        pump(from_headquarters, &to_caller, |piece| {
            let bytes = piece.len();
            let a_second = back.slow.load(Ordering::SeqCst);
            if a_second > 0 {
                std::thread::sleep(Duration::from_secs_f64(bytes as f64 / a_second as f64));
            }
            let may = may_pass(&back, &back.answers, bytes);
            back.answered.fetch_add(may as u64, Ordering::SeqCst);
            may
        });
    });
    pump(from_caller, &to_headquarters, |piece| {
        if state.refused.get().is_some_and(|beginning| piece.starts_with(beginning.as_bytes())) {
            return 0;
        }
        let may = may_pass(state, &state.allowance, piece.len());
        state.passed.fetch_add(may as u64, Ordering::SeqCst);
        may
    });
    answers.join().unwrap();
}

/// How many of the next bytes still pass; fewer than all of them break the line.
fn may_pass(state: &State, allowance: &AtomicI64, bytes: usize) -> usize {
    while state.frozen.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let left = allowance.fetch_sub(i64::try_from(bytes).unwrap(), Ordering::SeqCst).max(0);
    let up = state.up.load(Ordering::SeqCst);
    if up { bytes.min(usize::try_from(left).unwrap()) } else { 0 }
}

/// Passes bytes on, and ends both ways at the first that may not pass, in the middle of anything.
fn pump(mut from: TcpStream, mut to: &TcpStream, may_pass: impl Fn(&[u8]) -> usize) {
    let mut piece = [0; 1024];
    while let Ok(bytes) = from.read(&mut piece) {
        let pass = may_pass(&piece[..bytes]);
        if bytes == 0 || to.write_all(&piece[..pass]).is_err() || pass < bytes {
            break;
        }
    }
    // Either end may be gone already.
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
