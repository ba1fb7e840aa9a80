//! `wfmcp doctor`.

use super::checks::examine;
use super::finding::{Finding, Found, Severity};
use super::mend::{Mended, Remedy, Tried, mend};
use super::patient::Patient;
use crate::operations::{Access, Context, Error, Operation, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Diagnose the stores, the configuration and what is around them.
///
/// Names whatever is wrong, where, why that matters and how to mend it. Changes nothing, and disturbs nobody who works in
/// the same home.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DiagnoseHome {}

/// Mend what the doctor found, as far as nothing can be lost by it.
///
/// Permissions, files that were left, lists made anew from journals, runs taken up again. What needs a decision stays, and
/// is told.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MendHome {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnosis {
    /// True if nothing is broken: there may be warnings.
    pub healthy: bool,
    pub version: String,
    pub home: String,
    /// Errors first.
    pub findings: Vec<Finding>,
    /// What could not be looked at, and why.
    pub unchecked: Vec<String>,
    pub projects: usize,
    pub runs: u64,
    /// What was mended, where that was asked for; the findings are what is left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mended: Vec<Mended>,
}

impl Operation for DiagnoseHome {
    const NAME: &'static str = "diagnose";
    const COMMAND: &'static [&'static str] = &["doctor"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Monitoring;
    const EXAMPLE: &'static str = "wfmcp doctor";
    type Output = Diagnosis;

    async fn perform(self, context: &Context) -> Result<Diagnosis, Error> {
        let patient = Patient::of(context)?;
        let found = examine(&patient);
        Ok(diagnosis(&patient, found))
    }
}

impl Operation for MendHome {
    const NAME: &'static str = "mend";
    const COMMAND: &'static [&'static str] = &[];
    const ACCESS: Access = Access::Write;
    /// How an installation is kept is for its owner.
    const TOOLSET: Toolset = Toolset::System;
    const EXAMPLE: &'static str = "wfmcp doctor --fix";
    type Output = Diagnosis;

    async fn perform(self, context: &Context) -> Result<Diagnosis, Error> {
        let patient = Patient::of(context)?;
        let (mut found, mut tried) = (examine(&patient), Tried::new());
        let mut mended = mend(&patient, &found, &mut tried);
        if mended.is_empty() {
            return Ok(diagnosis(&patient, found));
        }
        // What stood in the way of a look may be gone: there may be more to mend behind it.
        let patient = Patient::of(context)?;
        found = examine(&patient);
        let before = tried.len();
        mended.extend(mend(&patient, &found, &mut tried));
        // What was tried before the look was judged by it, but for a process that may not have begun yet.
        let is_done = |remedy: &Remedy| {
            let judged = if matches!(remedy, Remedy::TakeUp { .. }) { 0 } else { before };
            tried[judged..].iter().any(|(tried, done)| *done && tried == remedy)
        };
        found.retain(|found| !found.remedy.as_ref().is_some_and(is_done));
        Ok(Diagnosis { mended, ..diagnosis(&patient, found) })
    }
}

fn diagnosis(patient: &Patient<'_>, found: Vec<Found>) -> Diagnosis {
    let (unchecked, runs) = patient.summary();
    let findings: Vec<Finding> = found.into_iter().map(|found| found.finding).collect();
    Diagnosis {
        healthy: findings.iter().all(|finding| finding.severity != Severity::Error),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        home: patient.home().display().to_string(),
        projects: patient.projects.len(),
        findings,
        unchecked,
        runs,
        mended: Vec::new(),
    }
}
