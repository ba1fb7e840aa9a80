//! What came of tests, as faces and scripts get it.

use crate::drivers::rehearsal::{Difference, Fatal};
use crate::operations::documents::Finding;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tested {
    /// True if every case passed and no document has an error.
    pub passed: bool,
    pub cases: usize,
    pub failed: usize,
    /// In the order of their files.
    pub tests: Vec<TestReport>,
    /// What is wrong with documents; a test with an error is not carried out.
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestReport {
    pub file: String,
    pub name: Option<String>,
    /// As the test names it.
    pub workflow: String,
    pub cases: Vec<CaseReport>,
    /// What all cases of this test together came by.
    pub coverage: Coverage,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseReport {
    pub name: String,
    /// Where it is in the file, from 1.
    pub line: usize,
    pub passed: bool,
    pub differences: Vec<Deviation>,
    /// With `chaos`: how often it was killed and resumed.
    pub kills: Option<usize>,
    /// How many times it could have been; fewer are tried where all would take too long.
    pub ways_to_kill: Option<usize>,
    /// The kills after which it ended otherwise.
    pub fatal: Vec<FatalKill>,
    /// Whose answers nobody asked for.
    pub unused: Vec<String>,
    /// What happened, where it did not pass.
    pub log: Vec<String>,
    /// How long the run took by the clock of the case.
    pub virtual_ms: i64,
    pub duration_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Deviation {
    /// Such as `status`, `outputs.title`, `steps.build.runs`.
    pub what: String,
    pub expected: String,
    pub got: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FatalKill {
    /// After which write to the journal it was killed.
    pub after: String,
    pub differences: Vec<Deviation>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    pub steps: usize,
    pub steps_done: usize,
    /// Steps that no case came by.
    pub missed_steps: Vec<String>,
    /// Each condition counts twice: true and false.
    pub branches: usize,
    pub branches_taken: usize,
    /// Such as `publish: never skipped`.
    pub missed_branches: Vec<String>,
}

impl From<Difference> for Deviation {
    fn from(Difference { what, expected, got }: Difference) -> Self {
        Self { what, expected, got }
    }
}

impl From<Fatal> for FatalKill {
    fn from(Fatal { after, differences }: Fatal) -> Self {
        Self { after, differences: deviations(differences) }
    }
}

pub fn deviations(differences: Vec<Difference>) -> Vec<Deviation> {
    differences.into_iter().map(Into::into).collect()
}
