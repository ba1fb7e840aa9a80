//! What came of a case on the stage: everything that may be compared with what was expected.

use super::crash::Moment;
use super::stage::{Player, Stage};
use crate::engine::status::{Account, LogLine, RunReport, log_line};
use crate::language::plan::{address_of, place_of};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone)]
pub struct Performance {
    pub report: RunReport,
    /// Of every run, by the place of its step.
    pub accounts: BTreeMap<String, Account>,
    /// What was taken back, by place and by address.
    pub undone: BTreeSet<String>,
    /// Places in the order in which they began.
    pub began: Vec<String>,
    /// What each place was told last: the script with its variables, the arguments, the instructions.
    pub asked: BTreeMap<String, String>,
    /// Submissions that were not taken, by the place of their step: why.
    pub declined: BTreeMap<String, String>,
    /// How often a kill hid that work at a place was done.
    pub lost: BTreeMap<String, u64>,
    /// How often work was done at each place.
    pub worked: BTreeMap<String, u64>,
    /// Addresses of steps whose condition was false at least once.
    pub skipped: BTreeSet<String>,
    /// The data of a pattern's target in the end.
    pub target: Option<Value>,
    /// Whose answers nobody asked for.
    pub unused: Vec<String>,
    /// Why it could not go on, if so.
    pub trouble: Vec<String>,
    pub log: Vec<LogLine>,
    /// By the virtual clock.
    pub took_ms: i64,
    pub(super) moments: Vec<Moment>,
}

impl Stage<'_> {
    pub(super) fn told(self) -> Performance {
        let accounts = self.players.iter().flat_map(|player| {
            let above = &player.above;
            player
                .run
                .accounts()
                .into_iter()
                .map(move |account| (format!("{above}{}", place_of(account.key.as_str())), account))
        });
        let accounts: BTreeMap<String, Account> = accounts.collect();
        let undoing = accounts.iter().filter(|(_, account)| account.status == "completed");
        let undone = undoing.filter_map(|(place, _)| {
            let undone = place.replacen("@undo/", "", 1);
            (undone.len() < place.len()).then(|| [address_of(&undone), undone])
        });
        let undone = undone.flatten().collect();
        let [main, ..] = self.players.as_slice() else { unreachable!("a stage is never empty") };
        Performance {
            report: main.run.report(self.now),
            undone,
            accounts,
            log: if self.of_interest { log(&self.players, &self.order) } else { Vec::new() },
            took_ms: self.now.saturating_sub(self.of.case.clock),
            began: self.began,
            asked: self.asked,
            declined: self.declined,
            lost: self.lost,
            worked: self.worked,
            skipped: self.skipped,
            target: self.target,
            unused: self.cues.unused(),
            trouble: self.trouble,
            moments: self.moments,
        }
    }
}

/// What happened in all runs, in the order in which it did.
fn log(players: &[Player], order: &[usize]) -> Vec<LogLine> {
    let mut next = vec![0; players.len()];
    let lines = order.iter().filter_map(|at| {
        let player = &players[*at];
        let line = log_line(player.journal.get(next[*at])?);
        next[*at] += 1;
        let above = &player.above;
        let step = match line.step {
            Some(step) => Some(format!("{above}{step}")),
            None => above.strip_suffix('/').map(str::to_owned),
        };
        Some(LogLine { step, ..line })
    });
    lines.collect()
}
