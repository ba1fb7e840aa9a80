//! A look at many projects: each is opened, looked at and closed, several at once, so that a thousand of them take
//! neither long nor more files than a process may have.

use crate::operations::{Context, Error, Project};
use crate::store::registry::ProjectRow;
use std::num::NonZeroUsize;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Projects looked at together: what they wait for is the disk more than the processor.
const TOGETHER_MAX: usize = 8;
/// Fewer are not worth a thread each.
const WORTH_A_THREAD: usize = 16;

/// What `look` says of each project, in their order; it is given none where nothing was ever kept.
pub fn survey<T: Send + Sync>(
    context: &Context,
    rows: &[ProjectRow],
    look: impl Fn(Option<&Project>) -> Result<T, Error> + Sync,
) -> Vec<Result<T, Error>> {
    let glance = |row| context.world().glance(row).and_then(|project| look(project.as_deref()));
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = (rows.len() / WORTH_A_THREAD).min(2 * cores).min(TOGETHER_MAX);
    if threads < 2 {
        return rows.iter().map(glance).collect();
    }
    let next = AtomicUsize::new(0);
    let seen: Vec<OnceLock<Result<T, Error>>> = rows.iter().map(|_| OnceLock::new()).collect();
    let work = || {
        let places = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        for (row, slot) in places.map_while(|at| rows.get(at).zip(seen.get(at))) {
            let _only_this_thread_has_it = slot.set(glance(row));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    seen.into_iter().filter_map(OnceLock::into_inner).collect()
}
