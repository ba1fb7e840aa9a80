//! Which requests have no answer yet, and where their answers go: each on a line of its own, or with the others of the
//! batch that it came in.

use super::output::Output;
use rmcp::model::RequestId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Requests of one client that may be under way at once.
const UNDER_WAY_MAX: usize = 1_000;

pub struct Replies {
    output: Arc<Output>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    under_way: HashMap<RequestId, Option<BatchId>>,
    batches: HashMap<BatchId, Batch>,
    next_batch: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BatchId(u64);

#[derive(Default)]
struct Batch {
    missing: usize,
    answers: Vec<Vec<u8>>,
    /// Every message of it was looked at.
    complete: bool,
}

/// Whether a request can be taken on.
#[derive(Debug, PartialEq, Eq)]
pub enum Expectation {
    Taken,
    /// One with this id has no answer yet.
    Duplicate,
    TooMany,
}

impl Replies {
    pub fn new(output: Arc<Output>) -> Arc<Self> {
        Arc::new(Self { output, state: Mutex::default() })
    }

    pub fn is_under_way(&self, id: &RequestId) -> bool {
        self.lock().under_way.contains_key(id)
    }

    /// An answer to this id will come.
    pub fn expect(&self, id: &RequestId, batch: Option<BatchId>) -> Expectation {
        let mut state = self.lock();
        if state.under_way.contains_key(id) {
            return Expectation::Duplicate;
        }
        if state.under_way.len() >= UNDER_WAY_MAX {
            return Expectation::TooMany;
        }
        state.under_way.insert(id.clone(), batch);
        if let Some(batch) = batch.and_then(|batch| state.batches.get_mut(&batch)) {
            batch.missing += 1;
        }
        Expectation::Taken
    }

    /// The answer to a request that was expected.
    pub fn answer(&self, id: &RequestId, message: Vec<u8>) -> bool {
        let batch = self.lock().under_way.remove(id).flatten();
        match batch {
            Some(batch) => self.settle(batch, Some(message)),
            None => self.output.send(message),
        }
    }

    /// No answer will come: the client does not want it any more.
    pub fn forget(&self, id: &RequestId) {
        let batch = self.lock().under_way.remove(id).flatten();
        if let Some(batch) = batch {
            self.settle(batch, None);
        }
    }

    /// What answers at once, alone or in a batch.
    pub fn answer_now(&self, batch: Option<BatchId>, message: Vec<u8>) -> bool {
        let Some(id) = batch else { return self.output.send(message) };
        if let Some(batch) = self.lock().batches.get_mut(&id) {
            batch.answers.push(message);
        }
        true
    }

    /// What is no answer.
    pub fn send(&self, message: Vec<u8>) -> bool {
        self.output.send(message)
    }

    pub fn open_batch(&self) -> BatchId {
        let mut state = self.lock();
        state.next_batch += 1;
        let id = BatchId(state.next_batch);
        state.batches.insert(id, Batch::default());
        id
    }

    /// Every message of the batch was looked at: its answers go out once the last is there.
    pub fn close_batch(&self, id: BatchId) -> bool {
        if let Some(batch) = self.lock().batches.get_mut(&id) {
            batch.complete = true;
        }
        self.send_if_ready(id)
    }

    fn settle(&self, id: BatchId, message: Option<Vec<u8>>) -> bool {
        if let Some(batch) = self.lock().batches.get_mut(&id) {
            batch.missing -= 1;
            batch.answers.extend(message);
        }
        self.send_if_ready(id)
    }

    fn send_if_ready(&self, id: BatchId) -> bool {
        let mut state = self.lock();
        if !state.batches.get(&id).is_some_and(|batch| batch.complete && batch.missing == 0) {
            return true;
        }
        let batch = state.batches.remove(&id).unwrap_or_default();
        drop(state);
        if batch.answers.is_empty() {
            return true;
        }
        let mut message = vec![b'['];
        message.extend(batch.answers.join(&b','));
        message.push(b']');
        self.output.send(message)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
