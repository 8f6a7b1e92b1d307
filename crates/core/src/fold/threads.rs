//! What people say to each other about a story: threads, derived like everything else.
//!
//! A thread is resolved once somebody said so who had all of it in sight. What was said meanwhile elsewhere opens it again:
//! nobody's words are closed away unread.

use super::{Reply, Revision, Thread, about};
use crate::id::{PersonName, RecordId};
use crate::record::{Act, Record};
use crate::remark::{Comment, ThreadId};
use std::collections::{BTreeMap, BTreeSet};

/// The threads of a story, from its records in causal order.
pub(super) fn threads(ordered: &[&Record], revisions: &[Revision]) -> Vec<Thread> {
    let mut threads: BTreeMap<ThreadId, Thread> = BTreeMap::new();
    let mut order = Vec::new();
    let mut resolved: BTreeMap<ThreadId, (PersonName, BTreeSet<RecordId>)> = BTreeMap::new();
    for record in ordered {
        for (place, comment) in (0..).zip(comments(&record.act)) {
            if let Some(thread) = begun(record, place, comment, revisions) {
                order.push(thread.id);
                threads.insert(thread.id, thread);
            }
        }
        match &record.act {
            Act::Reply { thread, text } => {
                let reply = Reply {
                    id: record.id,
                    author: record.author.clone(),
                    clock: record.clock,
                    text: text.clone(),
                };
                if let Some(thread) = threads.get_mut(thread) {
                    thread.replies.push(reply);
                }
            }
            Act::Resolve { thread } => {
                let (by, seen) =
                    resolved.entry(*thread).or_insert_with(|| (record.author.clone(), BTreeSet::new()));
                *by = record.author.clone();
                seen.extend(&record.builds_on);
            }
            _ => {}
        }
    }
    for (id, (by, seen)) in resolved {
        if let Some(thread) = threads.get_mut(&id)
            && thread.in_sight().iter().all(|said| seen.contains(said))
        {
            thread.resolved_by = Some(by);
        }
    }
    order.iter().filter_map(|id| threads.remove(id)).collect()
}

fn comments(act: &Act) -> &[Comment] {
    match act {
        Act::Return { comments } => comments,
        Act::Comment { comment } => std::slice::from_ref(comment),
        _ => &[],
    }
}

fn begun(record: &Record, place: u16, comment: &Comment, revisions: &[Revision]) -> Option<Thread> {
    Some(Thread {
        id: ThreadId { record: record.id, place },
        about: about(record, revisions)?.id,
        author: record.author.clone(),
        clock: record.clock,
        comment: comment.clone(),
        replies: Vec::new(),
        resolved_by: None,
    })
}
