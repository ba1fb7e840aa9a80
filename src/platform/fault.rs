//! Dying on purpose: in debug builds `WFMCP_FAULT=kill-before-commit:3` (or `kill-after-commit:3`) makes this process
//! kill itself around its third commit, so that a crash test can stop a run at every write; `panic-in-call:3` makes the
//! third call of a server panic, `panic-on-screen:3` the third picture of a whole screen. Release builds ignore it.

/// Where the process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    BeforeCommit,
    AfterCommit,
    /// Between a project that was put aside and one that is gone.
    InRemoval,
    /// Within a call, which must be answered all the same.
    InCall,
    /// While the whole screen is held, which must be given back.
    OnScreen,
}

#[cfg(not(debug_assertions))]
pub fn strike(_moment: Moment) {}

#[cfg(debug_assertions)]
#[expect(clippy::missing_panics_doc, reason = "it panics where it was asked to")]
pub fn strike(moment: Moment) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static WISH: OnceLock<Option<(Moment, u64)>> = OnceLock::new();
    static REACHED: AtomicU64 = AtomicU64::new(0);

    let Some((wanted, number)) = *WISH.get_or_init(wish) else { return };
    if moment == wanted && REACHED.fetch_add(1, Ordering::SeqCst) + 1 == number {
        assert!(!matches!(moment, Moment::InCall | Moment::OnScreen), "a panic on purpose");
        // A process cannot survive its own SIGKILL, so there is no failure to handle.
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
}

#[cfg(debug_assertions)]
fn wish() -> Option<(Moment, u64)> {
    use super::environment::{Environment, System};

    parse(&System.var("WFMCP_FAULT")?)
}

#[cfg(debug_assertions)]
fn parse(text: &str) -> Option<(Moment, u64)> {
    let (moment, number) = text.split_once(':')?;
    let moment = match moment {
        "kill-before-commit" => Moment::BeforeCommit,
        "kill-after-commit" => Moment::AfterCommit,
        "kill-in-removal" => Moment::InRemoval,
        "panic-in-call" => Moment::InCall,
        "panic-on-screen" => Moment::OnScreen,
        _ => return None,
    };
    Some((moment, number.parse().ok()?))
}
