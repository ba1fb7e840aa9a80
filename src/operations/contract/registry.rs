//! Every operation, its types erased into a row: what a face iterates over. Adding an operation is one line here.

use super::access::{Access, Toolset};
use super::arguments;
use super::context::Context;
use super::error::{Error, Kind};
use super::operation::{Operation, carry_out};
use crate::operations::workflows::patterns;
use crate::operations::{
    actions, deployments, entities, files, model, projects, prompts, runs, system, work, workflows,
};
use clap::ArgMatches;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;

/// One operation. Its summary is the first sentence of `description`.
pub struct Row {
    pub name: &'static str,
    pub command: &'static [&'static str],
    pub access: Access,
    pub toolset: Toolset,
    pub example: &'static str,
    /// JSON Schema of the input; its `description` is the operation's.
    pub input_schema: fn() -> Value,
    pub output_schema: fn() -> Value,
    /// Add the input's fields to a command, and the doc comment as its help.
    pub arguments: fn(clap::Command) -> clap::Command,
    pub from_matches: fn(&ArgMatches) -> Result<Box<dyn Prepared>, clap::Error>,
    pub from_json: fn(Value) -> Result<Box<dyn Prepared>, Error>,
}

impl Row {
    /// Whether all that it does is to change the project's own records.
    pub fn keeps_records(&self) -> bool {
        self.access != Access::Read && self.toolset.is_of_records()
    }
}

/// The output's JSON.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<String, Error>> + Send + 'a>>;

/// An operation with its input, ready to be performed.
pub trait Prepared: Send {
    fn is_quick(&self) -> bool;
    fn perform(self: Box<Self>, context: &Context) -> Answer<'_>;
}

impl<O: Operation> Prepared for O {
    fn is_quick(&self) -> bool {
        Operation::is_quick(self)
    }

    fn perform(self: Box<Self>, context: &Context) -> Answer<'_> {
        Box::pin(async move {
            let output = carry_out(*self, context).await?;
            serde_json::to_string(&output).map_err(|error| {
                Error::new(Kind::Internal, format!("the answer of {} has no JSON: {error}", O::NAME))
            })
        })
    }
}

/// What an answer says, for who looks into it.
pub fn read(answer: &str) -> Result<Value, Error> {
    serde_json::from_str(answer)
        .map_err(|error| Error::new(Kind::Internal, format!("an answer can't be read again: {error}")))
}

/// All operations, in the order in which a list of them reads best.
pub static ROWS: &[Row] = &[
    row::<runs::StartWorkflow>(),
    row::<runs::ExecuteWorkflow>(),
    row::<actions::SubmitResult>(),
    row::<runs::GetWorkflowStatus>(),
    row::<actions::ListPendingActions>(),
    row::<runs::ListRuns>(),
    row::<runs::ShowRun>(),
    row::<runs::GetRunLog>(),
    row::<runs::CancelWorkflow>(),
    row::<runs::PauseRun>(),
    row::<runs::ResumeRun>(),
    row::<runs::RetryRun>(),
    row::<runs::ForkRun>(),
    row::<runs::MigrateRun>(),
    row::<runs::DiffRuns>(),
    row::<runs::ReplayRun>(),
    row::<runs::SignalRun>(),
    row::<runs::SendEvent>(),
    row::<runs::ListAwaitedEvents>(),
    row::<runs::ListArtifacts>(),
    row::<runs::GetArtifact>(),
    row::<runs::ExportRun>(),
    row::<runs::ImportRun>(),
    row::<runs::VerifyRun>(),
    row::<runs::PruneRuns>(),
    row::<actions::GetAction>(),
    row::<actions::ClaimAction>(),
    row::<actions::HeartbeatAction>(),
    row::<actions::ReleaseAction>(),
    row::<workflows::ValidateWorkflow>(),
    row::<workflows::GraphWorkflow>(),
    row::<workflows::ExplainWorkflow>(),
    row::<workflows::PreviewRun>(),
    row::<workflows::TestWorkflow>(),
    row::<workflows::RecordTest>(),
    row::<workflows::ImportWorkflow>(),
    row::<workflows::ListWorkflows>(),
    row::<workflows::schedules::ListSchedules>(),
    row::<workflows::schedules::ListFirings>(),
    row::<workflows::GetWorkflow>(),
    row::<workflows::CreateWorkflow>(),
    row::<workflows::ArchiveWorkflow>(),
    row::<workflows::ExportWorkflowData>(),
    row::<patterns::ListPatterns>(),
    row::<patterns::GetPattern>(),
    row::<patterns::ValidatePatternApplication>(),
    row::<patterns::ApplyPattern>(),
    row::<patterns::QueryPatternApplications>(),
    row::<patterns::GetPatternApplication>(),
    row::<prompts::ListPrompts>(),
    row::<prompts::DescribePrompt>(),
    row::<prompts::GetPrompt>(),
    row::<prompts::TestPrompt>(),
    row::<prompts::ReportPromptOutcome>(),
    row::<prompts::CreatePrompt>(),
    row::<prompts::ArchivePrompt>(),
    row::<projects::ListProjects>(),
    row::<projects::CreateProject>(),
    row::<projects::SwitchProject>(),
    row::<projects::GetProject>(),
    row::<projects::GetActiveProject>(),
    row::<projects::UpdateProject>(),
    row::<projects::ArchiveProject>(),
    row::<projects::DeleteProject>(),
    row::<deployments::RecordDeployment>(),
    row::<deployments::QueryDeployments>(),
    row::<deployments::GetDeployment>(),
    row::<work::QueryWorkItems>(),
    row::<work::GetWorkItemTree>(),
    row::<work::CreateWorkItem>(),
    row::<work::GetWorkItem>(),
    row::<work::UpdateWorkItem>(),
    row::<work::AddDependency>(),
    row::<work::RemoveDependency>(),
    row::<work::LinkBranch>(),
    row::<work::LinkCommit>(),
    row::<work::DeleteWorkItem>(),
    row::<entities::RegisterEntityType>(),
    row::<entities::ListEntityTypes>(),
    row::<entities::GetEntityType>(),
    row::<entities::CreateEntity>(),
    row::<entities::GetEntity>(),
    row::<entities::QueryEntities>(),
    row::<entities::UpdateEntity>(),
    row::<entities::DeleteEntity>(),
    row::<entities::GetEntityHistory>(),
    row::<model::ClaudeConversation>(),
    row::<files::ReadFile>(),
    row::<files::WriteFile>(),
    row::<files::ListDirectory>(),
    row::<files::SearchFiles>(),
    row::<files::ExecuteCommand>(),
    row::<files::GetSystemInfo>(),
    row::<files::Echo>(),
    row::<system::metrics::GetWorkflowMetrics>(),
    row::<system::GetSystemHealth>(),
    row::<system::doctor::DiagnoseHome>(),
    row::<system::doctor::MendHome>(),
    row::<system::ListAudit>(),
    row::<system::ShowConfig>(),
    row::<system::GetConfigPaths>(),
    row::<system::SetConfig>(),
];

pub fn find(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}

const fn row<O: Operation>() -> Row {
    Row {
        name: O::NAME,
        command: O::COMMAND,
        access: O::ACCESS,
        toolset: O::TOOLSET,
        example: O::EXAMPLE,
        input_schema: schema::<O>,
        output_schema: schema::<O::Output>,
        arguments: |command| O::augment_args(command),
        from_matches: |matches| Ok(Box::new(O::from_arg_matches(matches)?)),
        from_json: |value| {
            arguments::read::<O>(value).map(|operation| Box::new(operation) as Box<dyn Prepared>)
        },
    }
}

/// JSON Schema of a type, with everything in it.
pub fn schema<T: schemars::JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever is added must do all of it on its caller's thread, and nothing to the world but its records.
    #[test]
    fn these_keep_records_and_do_nothing_else() {
        let names: Vec<&str> = ROWS.iter().filter(|row| row.keeps_records()).map(|row| row.name).collect();
        assert_eq!(
            names,
            [
                "record_deployment",
                "create_work_item",
                "update_work_item",
                "add_dependency",
                "remove_dependency",
                "link_branch",
                "link_commit",
                "delete_work_item",
                "register_entity_type",
                "create_entity",
                "update_entity",
                "delete_entity",
            ]
        );
    }
}
