//! The line of the simulation: what becomes of each request.

use super::World;
use blon_core::id::Digest;
use blon_core::protocol::{SyncAnswer, SyncRequest};
use blon_device::error::{Error, Result};
use blon_device::sync::line::{Line, Traffic};
use blon_server::uploads::Checksum;
use futures_util::stream;

/// Something that a device sent and headquarters has not heard yet.
#[derive(Clone)]
pub(super) enum Message {
    Exchange(Box<SyncRequest>),
    Begin(Digest, u64, Vec<u8>),
    Append(Digest, u64, Vec<u8>),
}

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Arrives,
    IsLost,
    ArrivesAndItsAnswerIsLost,
    ArrivesTwice,
    ArrivesMuchLater,
    IsCutInItsMiddle,
    IsSpoilt,
    ArrivesAfterARestart,
}

impl World {
    /// Headquarters hears a message of a device.
    pub(super) fn hear(&self, number: usize, message: Message) -> Result<Heard> {
        let (hq, row) = (self.hq.borrow().clone(), self.phones[number].row.clone());
        match message {
            Message::Exchange(ask) => {
                // As it travels: what one side writes the other must be able to read.
                let ask = serde_json::from_slice(&serde_json::to_vec(&ask)?)?;
                let answer = hq.sync(&row, ask, self.time()).map_err(|e| told(&e))?;
                Ok(Heard::Answer(Box::new(serde_json::from_slice(&serde_json::to_vec(&answer)?)?)))
            }
            Message::Begin(sha256, bytes, piece) => self.runtime.block_on(async {
                let begun = hq.begin_upload(&row, &sha256, bytes).await.map_err(|e| told(&e))?;
                if begun.have > 0 {
                    return Ok(Heard::Has(begun.have));
                }
                let content = stream::iter([Ok::<_, std::io::Error>(piece)]);
                let standing = hq.append(row, sha256, 0, None, content).await.map_err(|e| told(&e))?;
                Ok(Heard::Has(standing.have))
            }),
            Message::Append(sha256, at, piece) => self.runtime.block_on(async {
                let content = stream::iter([Ok::<_, std::io::Error>(piece)]);
                Ok(Heard::Has(hq.append(row, sha256, at, None, content).await.map_err(|e| told(&e))?.have))
            }),
        }
    }

    fn fate(&self) -> Fate {
        if *self.fine.borrow() {
            return Fate::Arrives;
        }
        match self.below(100) {
            0..52 => Fate::Arrives,
            52..60 => Fate::IsLost,
            60..69 => Fate::ArrivesAndItsAnswerIsLost,
            69..76 => Fate::ArrivesTwice,
            76..83 => Fate::ArrivesMuchLater,
            83..91 => Fate::IsCutInItsMiddle,
            91..96 => Fate::IsSpoilt,
            _ => Fate::ArrivesAfterARestart,
        }
    }
}

/// What headquarters answered.
pub(super) enum Heard {
    Answer(Box<SyncAnswer>),
    Has(u64),
}

/// The line of one device's sync.
pub(super) struct SimLine<'w> {
    pub(super) world: &'w World,
    pub(super) number: usize,
}

impl SimLine<'_> {
    fn say(&self, message: Message) -> Result<Heard> {
        let (world, fate) = (self.world, self.world.fate());
        world.note(format!("  a request of device {}: {fate:?}", self.number));
        self.count(&message, fate);
        let broken = || Err(Error::LineBroke("in the simulation".to_owned()));
        match fate {
            Fate::Arrives => world.hear(self.number, message),
            Fate::IsLost => broken(),
            Fate::ArrivesAndItsAnswerIsLost => {
                let _ = world.hear(self.number, message);
                broken()
            }
            Fate::ArrivesTwice => {
                let _ = world.hear(self.number, message.clone());
                world.hear(self.number, message)
            }
            Fate::ArrivesMuchLater => {
                world.late.borrow_mut().push((self.number, message));
                broken()
            }
            Fate::IsCutInItsMiddle => {
                self.cut(message);
                broken()
            }
            Fate::IsSpoilt => self.spoil(message),
            Fate::ArrivesAfterARestart => {
                world.restart_headquarters();
                world.hear(self.number, message)
            }
        }
    }

    /// Of a piece the first part arrives; half an exchange is nothing.
    fn cut(&self, message: Message) {
        let world = self.world;
        let half = |mut piece: Vec<u8>| {
            piece.truncate(world.below(piece.len()));
            piece
        };
        let _ = match message {
            Message::Exchange(_) => return,
            Message::Begin(sha256, bytes, piece) => {
                world.hear(self.number, Message::Begin(sha256, bytes, half(piece)))
            }
            Message::Append(sha256, at, piece) => {
                world.hear(self.number, Message::Append(sha256, at, half(piece)))
            }
        };
    }

    /// A piece is changed on its way; its checksum tells. Packed, an exchange that is changed cannot be read.
    fn spoil(&self, message: Message) -> Result<Heard> {
        let (world, row) = (self.world, self.world.phones[self.number].row.clone());
        let (Message::Begin(sha256, ..) | Message::Append(sha256, ..)) = &message else {
            return Err(Error::LineBroke("in the simulation".to_owned()));
        };
        let at = match &message {
            Message::Append(_, at, _) => *at,
            _ => 0,
        };
        let (sha256, hq) = (sha256.clone(), world.hq.borrow().clone());
        world.runtime.block_on(async {
            if let Message::Begin(_, bytes, _) = message {
                hq.begin_upload(&row, &sha256, bytes).await.map_err(|e| told(&e))?;
            }
            let content = stream::iter([Ok::<_, std::io::Error>(b"another piece".to_vec())]);
            let spoilt = hq.append(row, sha256, at, Some(Checksum::Sha1([0; 20])), content).await;
            Ok(Heard::Has(spoilt.map_err(|e| told(&e))?.have))
        })
    }

    fn has(&self, message: Message) -> Result<u64> {
        match self.say(message)? {
            Heard::Has(have) => Ok(have),
            Heard::Answer(_) => unreachable!("a piece is answered by how much there is"),
        }
    }

    fn count(&self, message: &Message, fate: Fate) {
        let (Message::Begin(sha256, _, piece) | Message::Append(sha256, _, piece)) = message else { return };
        let mut files = self.world.files.borrow_mut();
        let (_, sent, misfortunes) = files.get_mut(sha256.as_str()).unwrap();
        *sent += piece.len() as u64;
        *misfortunes += u64::from(fate != Fate::Arrives);
    }
}

fn told(error: &blon_server::error::Error) -> Error {
    let problem = error.problem();
    Error::told(problem.code, problem.message)
}

impl Line for SimLine<'_> {
    async fn exchange(&self, ask: &SyncRequest) -> Result<SyncAnswer> {
        match self.say(Message::Exchange(Box::new(ask.clone())))? {
            Heard::Answer(answer) => Ok(*answer),
            Heard::Has(_) => unreachable!("an exchange is answered"),
        }
    }

    async fn standing(&self, sha256: &Digest) -> Result<Option<u64>> {
        if self.world.fate() != Fate::Arrives {
            return Err(Error::LineBroke("in the simulation".to_owned()));
        }
        let (hq, row) = (self.world.hq.borrow().clone(), self.world.phones[self.number].row.clone());
        let standing = self.world.runtime.block_on(hq.upload_standing(&row, sha256));
        Ok(standing.ok().map(|standing| standing.have))
    }

    async fn fetch(&self, _: &Digest, _: u64, _: u64) -> Result<Vec<u8>> {
        unreachable!("only a supervisor's device fetches files")
    }

    async fn receipt(&self, _: &Digest) -> Result<Vec<u8>> {
        unreachable!("nobody carries parcels here")
    }

    async fn begin(&self, sha256: &Digest, bytes: u64, piece: Vec<u8>, _: bool) -> Result<u64> {
        self.has(Message::Begin(sha256.clone(), bytes, piece))
    }

    async fn append(&self, sha256: &Digest, _: u64, at: u64, piece: Vec<u8>) -> Result<u64> {
        self.has(Message::Append(sha256.clone(), at, piece))
    }

    async fn erased(&self) -> Result<()> {
        unreachable!("nobody is erased here")
    }

    async fn rest(&self, _: u32) {}

    fn traffic(&self) -> Traffic {
        Traffic::default()
    }
}
