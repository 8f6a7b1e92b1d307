//! The worst line there is: a TCP relay on loopback that lets bytes pass at a rate, late, and breaks, stalls or spoils
//! them as it is told. What a phone hears at the edge of a village, the same again for every run.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What the line is like.
#[derive(Debug, Clone, Copy)]
pub struct Nature {
    /// Bytes a second towards headquarters, over all connections together.
    pub up: u64,
    /// Bytes a second of headquarters' answers.
    pub down: u64,
    /// How long it takes from one end to the other and back.
    pub round_trip: Duration,
    /// How long a connection holds before all of them break; `None` for ever.
    pub holds: Option<Duration>,
}

impl Nature {
    /// 40 kbit/s up, as much down, 600 ms there and back, cut every 20 seconds.
    pub const EDGE_OF_A_VILLAGE: Nature = Nature {
        up: 5_000,
        down: 5_000,
        round_trip: Duration::from_millis(600),
        holds: Some(Duration::from_secs(20)),
    };

    /// The same line played faster: as many bytes pass between two cuts.
    pub fn times(self, faster: u32) -> Nature {
        Nature {
            up: self.up * u64::from(faster),
            down: self.down * u64::from(faster),
            round_trip: self.round_trip / faster,
            holds: self.holds.map(|holds| holds / faster),
        }
    }
}

/// The relay. Devices enrol at its address; headquarters is behind it.
pub struct BadLine {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    nature: Nature,
    headquarters: SocketAddr,
    began: Instant,
    up: Mutex<Way>,
    down: Mutex<Way>,
    passed_up: AtomicU64,
    cuts: AtomicU32,
    stalled: AtomicBool,
    /// The byte on the way up, counted from now, that comes to be another; 0 for none.
    spoil: AtomicU64,
}

/// When the line has carried all it was given, in one direction.
struct Way {
    rate: u64,
    free: Instant,
}

impl Way {
    /// Waits until these bytes have passed.
    fn carry(&mut self, bytes: usize) {
        let began = self.free.max(Instant::now());
        self.free = began + Duration::from_secs_f64(bytes as f64 / self.rate as f64);
        std::thread::sleep(self.free.saturating_duration_since(Instant::now()));
    }
}

impl BadLine {
    /// A line of this nature to this address.
    pub fn to(headquarters: SocketAddr, nature: Nature) -> Self {
        let listener = listener_with_small_buffers();
        let address = listener.local_addr().unwrap();
        let now = Instant::now();
        let state = Arc::new(State {
            nature,
            headquarters,
            began: now,
            up: Mutex::new(Way { rate: nature.up, free: now }),
            down: Mutex::new(Way { rate: nature.down, free: now }),
            passed_up: AtomicU64::new(0),
            cuts: AtomicU32::new(0),
            stalled: AtomicBool::new(false),
            spoil: AtomicU64::new(0),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || relay(&state, &caller));
            }
        });
        BadLine { address, state }
    }

    /// What devices are told.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Bytes that have passed towards headquarters so far.
    pub fn bytes_up(&self) -> u64 {
        self.state.passed_up.load(Ordering::SeqCst)
    }

    /// How many connections were cut so far.
    pub fn cuts(&self) -> u32 {
        self.state.cuts.load(Ordering::SeqCst)
    }

    /// From now on nothing passes, though connections stay; or everything again.
    pub fn stall(&self, stalled: bool) {
        self.state.stalled.store(stalled, Ordering::SeqCst);
    }

    /// Of the bytes that go up from now on, this one comes to be another.
    pub fn spoil(&self, byte: u64) {
        self.state.spoil.store(self.bytes_up() + byte, Ordering::SeqCst);
    }
}

/// A sender must feel the line at once: what waits in the system's buffers is neither sent nor lost.
fn listener_with_small_buffers() -> TcpListener {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(64).unwrap();
    socket.into()
}

impl State {
    /// When the connections of now break.
    fn next_cut(&self) -> Option<Instant> {
        let holds = self.nature.holds?;
        let past = self.began.elapsed().as_nanos() / holds.as_nanos();
        Some(self.began + holds * (u32::try_from(past).unwrap() + 1))
    }
}

fn relay(state: &Arc<State>, caller: &TcpStream) {
    let cut = state.next_cut();
    // A connection costs a round trip before its first byte.
    std::thread::sleep(state.nature.round_trip);
    let Ok(headquarters) = TcpStream::connect(state.headquarters) else { return };
    let ends = [caller.try_clone().unwrap(), headquarters.try_clone().unwrap()];
    let (over, ended) = channel::<()>();
    let dead = Arc::new(AtomicBool::new(false));
    let way = |from: &TcpStream, to: &TcpStream, up| {
        let ends = (from.try_clone().unwrap(), to.try_clone().unwrap());
        carry(state, ends, up, Arc::clone(&dead), over.clone())
    };
    let (up, down) = (way(caller, &headquarters, true), way(&headquarters, caller, false));
    let holds = cut.map_or(Duration::from_secs(3_600), |cut| cut.saturating_duration_since(Instant::now()));
    if ended.recv_timeout(holds) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
        state.cuts.fetch_add(1, Ordering::SeqCst);
        // What is on its way is lost, and nothing passes any more.
        dead.store(true, Ordering::SeqCst);
    }
    for end in ends {
        // Either end may be gone already.
        let _ = end.shutdown(Shutdown::Both);
    }
    up.join().unwrap();
    down.join().unwrap();
}

/// One direction: bytes are read at the line's rate and come out half a round trip later, or never.
fn carry(
    state: &Arc<State>,
    (mut from, mut to): (TcpStream, TcpStream),
    up: bool,
    dead: Arc<AtomicBool>,
    over: Sender<()>,
) -> std::thread::JoinHandle<()> {
    let (sent, arriving): (Sender<(Instant, Vec<u8>)>, Receiver<_>) = channel();
    let late = state.nature.round_trip / 2;
    let lost = Arc::clone(&dead);
    std::thread::spawn(move || {
        for (at, bytes) in arriving {
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            if lost.load(Ordering::SeqCst) || to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
    let state = Arc::clone(state);
    std::thread::spawn(move || {
        let mut piece = [0; 512];
        while let Ok(bytes) = from.read(&mut piece) {
            if bytes == 0 || dead.load(Ordering::SeqCst) {
                break;
            }
            while state.stalled.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(20));
            }
            let way = if up { &state.up } else { &state.down };
            way.lock().unwrap().carry(bytes);
            let mut passing = piece[..bytes].to_vec();
            if up {
                let before = state.passed_up.fetch_add(bytes as u64, Ordering::SeqCst);
                let spoil = state.spoil.load(Ordering::SeqCst);
                if spoil > before && spoil <= before + bytes as u64 {
                    passing[usize::try_from(spoil - before - 1).unwrap()] ^= 0x20;
                }
            }
            if sent.send((Instant::now() + late, passing)).is_err() {
                break;
            }
        }
        // The relay closes both ways once one of them is over.
        drop(sent);
        std::thread::sleep(late);
        let _ = over.send(());
    })
}
