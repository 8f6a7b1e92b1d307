//! Whoever looks at headquarters' pages hears that something changed, and asks again for what they show. What changed is not
//! said: each reader may see other things.

use tokio::sync::watch;

/// Counts what has changed since headquarters was opened.
pub struct Changes(watch::Sender<Count>);

/// How often something changed; the end once nothing will any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// So often.
    Changed(u64),
    /// Headquarters ends.
    Over,
}

impl Default for Changes {
    fn default() -> Self {
        Changes(watch::Sender::new(Count::Changed(0)))
    }
}

impl Changes {
    /// Something that pages show has changed.
    pub fn tell(&self) {
        self.0.send_modify(|count| {
            if let Count::Changed(times) = count {
                *times += 1;
            }
        });
    }

    /// Nothing more will be told: who listens goes away.
    pub fn end(&self) {
        self.0.send_replace(Count::Over);
    }

    /// Hears what changes from now on.
    pub fn listen(&self) -> watch::Receiver<Count> {
        self.0.subscribe()
    }
}
