//! Who writes to the embedded database: one at a time, and those who wait for their turn share a commit, which is what takes longest.
//!
//! Whoever sees others wait leaves the transaction open for them, and hears from the last one whether it was kept. What fails in one
//! undoes that one alone; where the transaction itself fails, each of them does its work again in one of its own.

use super::{Open, transact};
use crate::error::Result;
use crate::store::sql::Engine;
use rusqlite::{Connection, TransactionBehavior};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// How many share a commit at most: the first of them waits for the last. Were there more, all who bring something would go in step, and
/// one core idle while they write.
const MOST: usize = 8;

/// The connection that writes, and who waits for it.
pub struct Writing {
    writer: Mutex<Writer>,
    /// How many wait for their turn to write.
    waiting: AtomicUsize,
}

struct Writer {
    connection: Connection,
    /// The transaction that is open for others, too.
    open: Option<Arc<Shared>>,
}

/// A transaction of several.
#[derive(Default)]
struct Shared {
    /// How many have done their work in it.
    done: AtomicUsize,
    /// Whether it was kept, once that is known.
    kept: Mutex<Option<bool>>,
    told: Condvar,
}

impl Writing {
    /// Writes with this connection.
    pub fn with(connection: Connection) -> Self {
        Writing { writer: Mutex::new(Writer { connection, open: None }), waiting: AtomicUsize::new(0) }
    }

    /// Runs `work` in a transaction of its own; once this returns, all of it is kept durably, or none.
    ///
    /// # Errors
    /// Those of `work` and of the database.
    pub fn write(&self, work: &mut dyn FnMut(&dyn Engine) -> Result<()>) -> Result<()> {
        self.alone(|connection| transact(connection, TransactionBehavior::Immediate, work))
    }

    /// The same, in a transaction that others may share. What such work changes of pages that were there is held in memory until it is
    /// done.
    ///
    /// # Errors
    /// Those of `work` and of the database.
    pub fn share(&self, work: &mut dyn FnMut(&dyn Engine) -> Result<()>) -> Result<()> {
        if self.is_kept_with_others(work)? { Ok(()) } else { self.write(work) }
    }

    /// Does something while no transaction is open.
    ///
    /// # Errors
    /// Those of what is done.
    pub fn alone<T>(&self, what: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut writer = self.turn();
        writer.commit();
        what(&mut writer.connection)
    }

    /// Runs `work` in the transaction that is open, or in a new one. Gives whether that was kept.
    fn is_kept_with_others(&self, work: &mut dyn FnMut(&dyn Engine) -> Result<()>) -> Result<bool> {
        self.waiting.fetch_add(1, SeqCst);
        let mut writer = self.turn();
        self.waiting.fetch_sub(1, SeqCst);
        let Some(shared) = writer.begin()? else { return Ok(false) };
        // Others have their work in it: it must be brought to its end whatever happens here.
        let done = catch_unwind(AssertUnwindSafe(|| work(&Open(&writer.connection))));
        let went_well = matches!(done, Ok(Ok(())));
        if !writer.ends(&shared, went_well) {
            writer.lost();
        } else if self.waiting.load(SeqCst) == 0 || shared.done.load(SeqCst) >= MOST {
            writer.commit();
        }
        drop(writer);
        match done {
            Ok(Ok(())) => Ok(shared.is_kept()),
            Ok(Err(error)) => Err(error),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// A thread that panicked left nothing undone.
    fn turn(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    /// Begins a transaction, or a part of the one that is open; `None` where that part cannot be begun.
    fn begin(&mut self) -> Result<Option<Arc<Shared>>> {
        if let Some(shared) = self.open.clone() {
            if self.connection.execute_batch("SAVEPOINT work").is_ok() {
                return Ok(Some(shared));
            }
            self.commit();
            return Ok(None);
        }
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Some(Arc::clone(self.open.insert(Arc::default()))))
    }

    /// Ends the part of one who did their work: undoes it where that did not go well. Gives whether the transaction is still there.
    fn ends(&mut self, shared: &Shared, went_well: bool) -> bool {
        let first = shared.done.fetch_add(1, SeqCst) == 0;
        let end = match (first, went_well) {
            (true, true) => "",
            (true, false) => "ROLLBACK",
            (false, true) => "RELEASE work",
            (false, false) => "ROLLBACK TO work; RELEASE work",
        };
        self.connection.execute_batch(end).is_ok() && !self.connection.is_autocommit()
    }

    /// Commits what is open, and tells those whose work is in it.
    fn commit(&mut self) {
        let Some(shared) = self.open.take() else { return };
        let kept = self.connection.execute_batch("COMMIT").is_ok();
        self.roll_back();
        shared.tell(kept);
    }

    /// The transaction is gone, or cannot be gone on with.
    fn lost(&mut self) {
        self.roll_back();
        if let Some(shared) = self.open.take() {
            shared.tell(false);
        }
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!("a transaction cannot be undone: {error}");
        }
    }
}

impl Shared {
    fn tell(&self, kept: bool) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        self.told.notify_all();
    }

    /// Waits until it is known.
    fn is_kept(&self) -> bool {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = self.told.wait_while(kept, |kept| kept.is_none()).unwrap_or_else(PoisonError::into_inner);
        *kept == Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::store::sql::Value;
    use std::path::Path;
    use std::sync::atomic::AtomicBool;
    use std::thread::{scope, yield_now};

    fn open(path: &Path) -> Connection {
        super::super::connect(path, rusqlite::OpenFlags::default()).unwrap()
    }

    fn noted(path: &Path) -> Vec<i64> {
        let connection = open(path);
        let mut statement = connection.prepare("SELECT number FROM noted ORDER BY number").unwrap();
        let numbers = statement.query_map([], |row| row.get(0)).unwrap();
        numbers.collect::<rusqlite::Result<_>>().unwrap()
    }

    fn note(engine: &dyn Engine, number: usize) -> Result<()> {
        engine.execute("INSERT INTO noted (number) VALUES (?1)", &[Value::from(number)]).map(drop)
    }

    /// The first one notes 0 and keeps its turn until so many others wait, who note 1 and so on, and then do `also` with their
    /// number; gives how each of them ended, those that panicked apart.
    fn together(
        path: &Path,
        others: usize,
        also: impl Fn(&dyn Engine, usize) -> Result<()> + Sync,
    ) -> Vec<std::thread::Result<Result<()>>> {
        let connection = open(path);
        connection
            .execute_batch(
                "CREATE TABLE noted (number INTEGER PRIMARY KEY) STRICT;
                 CREATE TABLE of_noted (number INTEGER REFERENCES noted (number) DEFERRABLE INITIALLY DEFERRED) STRICT;",
            )
            .unwrap();
        let writing = Writing::with(connection);
        let begun = AtomicBool::new(false);
        scope(|scope| {
            let first = scope.spawn(|| {
                writing.share(&mut |engine| {
                    // The second time they do not wait any more.
                    let again = begun.swap(true, SeqCst);
                    while !again && writing.waiting.load(SeqCst) < others {
                        yield_now();
                    }
                    note(engine, 0)
                })
            });
            while !begun.load(SeqCst) {
                yield_now();
            }
            let others: Vec<_> = (1..=others)
                .map(|number| {
                    let (writing, also) = (&writing, &also);
                    scope.spawn(move || {
                        writing.share(&mut |engine| {
                            note(engine, number)?;
                            also(engine, number)
                        })
                    })
                })
                .collect();
            std::iter::once(first).chain(others).map(|thread| thread.join()).collect()
        })
    }

    #[test]
    fn those_who_wait_share_a_commit_and_nobody_hears_of_it_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shared.db");
        let seen = Mutex::new(Vec::new());
        let ended = together(&path, 2 * MOST - 1, |_, _| {
            seen.lock().unwrap().push(noted(&path).len());
            Ok(())
        });
        assert!(ended.into_iter().all(|one| one.unwrap().is_ok()));
        // What others see while each works: nothing of those who share the first commit before all of them are done.
        assert_eq!(*seen.lock().unwrap(), [vec![0; MOST - 1], vec![MOST; MOST]].concat());
        assert_eq!(noted(&path).len(), 2 * MOST);
    }

    #[test]
    fn what_fails_in_one_undoes_that_one_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shared.db");
        let ended = together(&path, 6, |_, number| match number {
            2 => Err(Error::Internal("two".to_owned())),
            4 => panic!("four"),
            _ => Ok(()),
        });
        assert_eq!(noted(&path), [0, 1, 3, 5, 6]);
        assert_eq!(told(&ended), ["ok", "ok", "internal: two", "ok", "panic", "ok", "ok"]);
    }

    #[test]
    fn where_the_transaction_is_gone_the_others_do_their_work_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shared.db");
        // As SQLite does by itself where the disk is full.
        let ended = together(&path, 6, |engine, number| match number {
            3 => engine.execute("ROLLBACK", &[]).and_then(|_| Err(Error::Internal("three".to_owned()))),
            _ => Ok(()),
        });
        assert_eq!(noted(&path), [0, 1, 2, 4, 5, 6]);
        assert_eq!(told(&ended), ["ok", "ok", "ok", "internal: three", "ok", "ok", "ok"]);
    }

    #[test]
    fn where_it_cannot_be_committed_only_whoever_spoils_it_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shared.db");
        let ended = together(&path, 6, |engine, number| match number {
            3 => engine.execute("INSERT INTO of_noted (number) VALUES (77)", &[]).map(drop),
            _ => Ok(()),
        });
        assert_eq!(noted(&path), [0, 1, 2, 4, 5, 6]);
        let told = told(&ended);
        assert!(told[3].contains("FOREIGN KEY"), "{told:?}");
        assert!(told.iter().enumerate().all(|(number, told)| number == 3 || told == "ok"), "{told:?}");
    }

    #[test]
    fn who_fails_first_leaves_nothing_for_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alone.db");
        let writing = Writing::with(open(&path));
        let fails = writing.share(&mut |_| Err(Error::Internal("no".to_owned())));
        assert_eq!(fails.unwrap_err().to_string(), "internal: no");
        let panics = catch_unwind(AssertUnwindSafe(|| writing.share(&mut |_| panic!("no"))));
        assert!(panics.is_err());
        writing
            .share(&mut |engine| engine.execute("CREATE TABLE noted (number INTEGER)", &[]).map(drop))
            .unwrap();
        writing.write(&mut |engine| note(engine, 7)).unwrap();
        assert_eq!(noted(&path), [7]);
    }

    fn told(ended: &[std::thread::Result<Result<()>>]) -> Vec<String> {
        let told = ended.iter().map(|one| match one {
            Ok(Ok(())) => "ok".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "panic".to_owned(),
        });
        told.collect()
    }
}
