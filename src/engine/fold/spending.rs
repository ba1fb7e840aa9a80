//! What events say of the work of agents and models.

use super::super::event::{ActionKind, Event, Output, Spent};
use super::super::run::Run;
use crate::language::plan::Action;

impl Run {
    pub(super) fn spend(&mut self, event: &Event) {
        let spent = match event {
            Event::Opened(opened) => match opened.kind {
                ActionKind::Prompt | ActionKind::McpCall | ActionKind::Delegate => ONE_ATTEMPT,
                _ => return,
            },
            Event::Attempted { step, .. } => {
                let asks = self.node_of(step).ok().and_then(|id| self.step_of(id));
                match asks.map(|step| &step.action) {
                    Some(Action::Prompt(_)) => ONE_ATTEMPT,
                    _ => return,
                }
            }
            Event::Produced { output, .. } | Event::Finished { output, .. } => of_output(output),
            Event::Failed { error, .. } => match &error.output {
                Some(output) => of_output(output),
                None => return,
            },
            Event::Submitted(submission) => submission.spent,
            Event::Retried { .. } => {
                self.facts.spent = Spent::default();
                return;
            }
            _ => return,
        };
        self.facts.spent.add(&spent);
    }
}

const ONE_ATTEMPT: Spent = Spent { attempts: 1, tokens: 0, cost: 0.0 };

fn of_output(output: &Output) -> Spent {
    let mut spent = output.usage.map(Spent::from).unwrap_or_default();
    if let Some(child) = &output.spent {
        spent.add(child);
    }
    spent
}
