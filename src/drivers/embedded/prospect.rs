//! What a pattern requires of a target, looked at before there is a run: nothing of it is recorded.

use super::shared::Shared;
use crate::drivers::driver::{Proof, Prospect};
use crate::effects::shell::{Captured, Ending};
use crate::engine::{Given, requirement};
use crate::language::plan::Check;
use std::time::Duration;

/// How long a script may take that does not say so itself.
const TIMEOUT: Duration = Duration::from_secs(60);

pub(super) fn prove(shared: &Shared, prospect: &Prospect<'_>, patience: Duration) -> Vec<(String, Proof)> {
    let Prospect { plan, inputs, target, dir } = *prospect;
    let given = Given { project: &shared.settings().project, inputs, target };
    let clock = &shared.settings().clock;
    let end = clock.monotonic().saturating_add(patience);
    let look = |(name, check): (&String, &Check)| {
        let Check::Shell { shell, dir: own, env, timeout_ms } = check else { return None };
        let left = end.saturating_sub(clock.monotonic());
        let timeout = timeout_ms.map_or(TIMEOUT, Duration::from_millis).min(left);
        let proof = match requirement(plan, (shell, own.as_deref(), env), &given) {
            Ok(script) => shared
                .hands()
                .look(&script, (dir, &plan.secrets), timeout)
                .map_or_else(|error| Proof::Unknown(error.message), |captured| judged(&captured, timeout)),
            Err(failure) => Proof::Unknown(failure.message),
        };
        Some((name.clone(), proof))
    };
    plan.pattern.iter().flat_map(|pattern| &pattern.requires).filter_map(look).collect()
}

fn judged(captured: &Captured, timeout: Duration) -> Proof {
    let [stdout, stderr] = [&captured.stdout, &captured.stderr].map(|printed| printed.text.trim());
    let said = if stderr.is_empty() { stdout } else { stderr };
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    match captured.ending {
        Ending::Exited(0) => Proof::Holds(stdout.to_owned()),
        Ending::Exited(code) => Proof::Fails(format!("exit code {code}{said}")),
        Ending::Signalled(signal) => Proof::Fails(format!("signal {signal}{said}")),
        Ending::TimedOut | Ending::Stopped(_) => {
            Proof::Fails(format!("no end within {} s{said}", timeout.as_secs()))
        }
    }
}
